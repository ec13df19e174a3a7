/** How full the streams are, and how far a consumer is behind. */
import { asFailure, type Hub, type HubFailure } from './connection.ts';
import { consumerName } from './deliver.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { streams } from '../domain/vocabulary/hub.ts';

export type ConsumerLag = {
  readonly kind: 'lag';
  /** Stored and not yet delivered. */
  readonly waiting: number;
  /** Delivered and not yet acknowledged. */
  readonly inHand: number;
  readonly redelivered: number;
};

export type StreamSummary = {
  readonly kind: 'stream';
  readonly messages: number;
  readonly bytes: number;
  readonly lastSequence: number;
  /** Absent while the stream never held a message. */
  readonly lastStoredAt?: EpochMs;
};

/** The lag of the consumer that `consumeFaults` makes for these names. */
export async function consumerLag(
  hub: Hub,
  durable: string,
  cluster: string,
): Promise<ConsumerLag | HubFailure> {
  try {
    const info = await hub.manager.consumers.info(streams.faults, consumerName(durable, cluster));
    return {
      kind: 'lag',
      waiting: info.num_pending,
      inHand: info.num_ack_pending,
      redelivered: info.num_redelivered,
    };
  } catch (error) {
    return asFailure(error, streams.faults);
  }
}

/** With a subject, `messages` counts those of this subject alone; the rest is of the whole stream. */
export async function streamSummary(
  hub: Hub,
  stream: string,
  subject?: string,
): Promise<StreamSummary | HubFailure> {
  try {
    const asked = subject === undefined ? {} : { subjects_filter: subject };
    const { state } = await hub.manager.streams.info(stream, asked);
    const { bytes, last_seq: lastSequence } = state;
    const messages = subject === undefined ? state.messages : (state.subjects?.[subject] ?? 0);
    const summary = { kind: 'stream', messages, bytes, lastSequence } as const;
    const lastStoredAt = Date.parse(state.last_ts);
    return lastStoredAt > 0 ? { ...summary, lastStoredAt } : summary;
  } catch (error) {
    return asFailure(error, stream);
  }
}
