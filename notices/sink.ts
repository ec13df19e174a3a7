/** What every projection of JOURNAL is given, and what it tells of itself. */
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Hub } from '../event-hub/index.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The places to which notices go; also the names of their consumers and the values of a metric's label. */
export type SinkName = 'events' | 'file' | 'webhook';

/** Called as things happen, for counters. */
export type Counting = {
  readonly delivered: (sink: SinkName) => void;
  /** One try that failed. */
  readonly failed: (sink: SinkName) => void;
  /** How many tickets wait to be delivered now, and since when the oldest one does. */
  readonly pending: (sink: SinkName, count: number, oldestAt: EpochMs | undefined) => void;
  /** A line of JOURNAL that no notice could be made of. */
  readonly unreadable: (sink: SinkName) => void;
};

export type Surroundings = {
  readonly hub: Hub;
  readonly cluster: string;
  readonly log: Logger;
  readonly counting: Counting;
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
};
