/** What a refusal of the API server means on the command line. */
import type { Refusal } from '../kube/index.ts';
import { failure, type Failure } from './failure.ts';
import { sentence } from './text/sentence.ts';

/** `what`: what was tried, as in `hold node X`. */
export function kubeFailure(refusal: Refusal, what: string): Failure {
  const text = sentence(`Could not ${what}: ${refusal.message}`);
  if (refusal.kind === 'not-found') return failure('nodeNotFound', text);
  return failure(refusal.kind === 'ambiguous' ? 'kubeAmbiguous' : 'kubeRefused', text);
}
