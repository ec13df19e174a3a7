/** Waiting between failures: doubling, capped, jittered, and ended by a signal. */
import { pause } from './pause.ts';

export type Pace = { readonly firstMs: number; readonly longestMs: number };

export type Backoff = {
  /** Waits for its turn; at least `atLeastMs`, which a server may have asked for. */
  readonly failed: (atLeastMs?: number) => Promise<void>;
  readonly succeeded: () => void;
};

export function createBackoff(pace: Pace, signal: AbortSignal): Backoff {
  let failures = 0;
  return {
    failed: async (atLeastMs = 0) => {
      const delayMs = backoffMs(failures, pace);
      failures += 1;
      await pause(Math.max(delayMs, atLeastMs), signal);
    },
    succeeded: () => {
      failures = 0;
    },
  };
}

/** More doublings than any pace in use needs to reach its longest pause. */
const mostDoublings = 20;

/**
 * The pause after so many failures before this one, in ms: `firstMs` doubled as often, at most `longestMs`, of which
 * chance takes up to half, so that those who failed together do not come again together.
 */
export function backoffMs(failures: number, { firstMs, longestMs }: Pace): number {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** Math.min(failures, mostDoublings));
  return ceilingMs * (0.5 + Math.random() / 2);
}
