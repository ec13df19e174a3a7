/** What was seen: one report by an agent, a probe or an ingest adapter. */
import type { EpochMs } from './vocabulary/time.ts';

export type Verdict = 'faulty' | 'healthy' | 'unknown';

/** One report about one check on one node (wire form: `schemas/wire/faultEvent.ts`). */
export type FaultEvent = {
  /** Made by the observer from (cluster, node UID, observer, check, verdict, boot ID, counter); the same when sent again. */
  readonly id: string;
  /** The cluster's id: the UID of its kube-system namespace. */
  readonly cluster: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly bootId: string;
  /** Who looked: an agent, a probe or an ingest adapter, by its own stable name. */
  readonly observer: string;
  readonly check: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly message: string;
  readonly observedAt: EpochMs;
  /** The observer's own: grows with each of its reports about one check within one boot. */
  readonly counter: number;
};

/** A report as the hub stored it: order and time come from the stream, never from the observer's clock. */
export type StoredFault = {
  readonly event: FaultEvent;
  readonly sequence: number;
  readonly storedAt: EpochMs;
};
