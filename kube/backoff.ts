/** Waiting between failures: doubling, capped, jittered, and ended by a signal. */
import { setTimeout as wait } from 'node:timers/promises';

export type Backoff = {
  readonly failed: (atLeastMs?: number) => Promise<void>;
  readonly succeeded: () => void;
};

export type BackoffLimits = {
  readonly firstMs: number;
  readonly longestMs: number;
  readonly signal: AbortSignal;
};

/** Waits that long, or until the signal. */
export const pause = async (delayMs: number, signal: AbortSignal): Promise<void> => {
  await wait(delayMs, undefined, { signal }).catch(() => undefined);
};

export const createBackoff = ({ firstMs, longestMs, signal }: BackoffLimits): Backoff => {
  let nextMs = firstMs;
  return {
    failed: async (atLeastMs = 0) => {
      const jittered = nextMs * (0.5 + Math.random() / 2);
      nextMs = Math.min(nextMs * 2, longestMs);
      await pause(Math.max(jittered, atLeastMs), signal);
    },
    succeeded: () => {
      nextMs = firstMs;
    },
  };
};
