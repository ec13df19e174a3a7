/** A foreseen failure as a value, and how it is shown. */
import { errorCatalogue, type ErrorName } from '../domain/errors.ts';
import type { Exit, Invocation } from './io.ts';
import { tell } from './show.ts';

export type Failure = {
  readonly kind: 'failure';
  readonly error: ErrorName;
  /** Its place in the catalogue (docs/ERRORS.md). */
  readonly code: string;
  /** One or two sentences: what happened, and where. */
  readonly what: string;
};

export function failure(error: ErrorName, what: string): Failure {
  return { kind: 'failure', error, code: errorCatalogue[error].code, what };
}

/** The value, or undefined where there is none to show. */
export function present<T>(value: T | Failure): T | undefined {
  return isFailure(value) ? undefined : value;
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

/** Shows the failure on the error stream and answers what to exit with. */
export function showFailure({ io }: Pick<Invocation, 'io'>, { error, what }: Failure): Exit {
  const { code, next, exit } = errorCatalogue[error];
  const [first = '', ...more] = what.split('\n');
  const place = `(${code}, docs/ERRORS.md#${code.toLowerCase()})`;
  tell(io, `slipway: ${first}`, ...more.map((line) => `  ${line}`), `${next} ${place}`);
  return exit;
}
