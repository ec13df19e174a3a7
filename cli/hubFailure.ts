/** What the hub did not answer, as a failure of the catalogue. */
import type { HubFailure } from '../event-hub/index.ts';
import type { ErrorName } from './errors.ts';
import { failure, type Failure } from './failure.ts';
import { sentence } from './text/sentence.ts';

const errors = {
  unreachable: 'hubUnreachable',
  refused: 'hubRefused',
  missing: 'streamMissing',
} as const satisfies Record<HubFailure['kind'], ErrorName>;

/** `what`: which reading or writing came to nothing. */
export function hubFailure(what: string, { kind, why }: Pick<HubFailure, 'kind' | 'why'>): Failure {
  return failure(errors[kind], sentence(`${what}: ${why}`));
}
