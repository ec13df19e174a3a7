/** How far dispatch is behind the reports. */
import { consumerLag } from '../event-hub/index.ts';
import { failure, isFailure, type Failure } from './failure.ts';
import { hubFailure } from './hubFailure.ts';
import { sentence, type Sources } from './sources.ts';

export type LagView = { readonly waiting: number; readonly inHand: number };

/** The name of the consumer from which dispatch takes its reports. */
const dispatchConsumer = 'dispatch';

export async function readLag({ hub, cluster }: Sources): Promise<LagView | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const lag = await consumerLag(hub, dispatchConsumer, cluster.id);
  if (lag.kind === 'lag') return { waiting: lag.waiting, inHand: lag.inHand };
  if (lag.kind !== 'refused') return hubFailure('How far dispatch is could not be read', lag);
  return failure('hubRefused', sentence(`No engine has read from FAULTS yet: ${lag.why}`));
}
