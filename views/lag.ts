/** How far dispatch is behind the reports. */
import { consumerLag } from '../event-hub/index.ts';
import type { ClusterHub } from './bucket.ts';
import { unreadFromHub, type UnreadPart } from './unread.ts';

export type LagView = { readonly waiting: number; readonly inHand: number };

/** The name of the consumer from which dispatch takes its reports. */
const dispatchConsumer = 'dispatch';

export async function readLag({ hub, cluster }: ClusterHub): Promise<LagView | UnreadPart> {
  const lag = await consumerLag(hub, dispatchConsumer, cluster);
  if (lag.kind === 'lag') return { waiting: lag.waiting, inHand: lag.inHand };
  return unreadFromHub({ what: 'dispatch-lag' }, lag);
}
