/** Paces the moving of pods for the whole cluster, so that isolations never queue behind it. */
import { setTimeout as delay } from 'node:timers/promises';
import { pause } from '../std/pause.ts';
import type { PacePort } from '../activities/ports.ts';
import type { EngineLimits } from '../schemas/config/engineConfig.ts';

/** Isolations of one burst follow each other more closely than this. */
const quietMs = 300;
/** Moving yields for this long at most: a steady stream of faults must not hold it up for ever. */
const longestYieldMs = 5_000;

export type EvictionPace = PacePort & {
  /** Somebody asks for a permit or isolates a node. */
  readonly isolating: () => void;
};

export function createPace({
  evictionsPerSecond,
}: Pick<EngineLimits, 'evictionsPerSecond'>): EvictionPace {
  const gapMs = 1_000 / evictionsPerSecond;
  let nextAt = 0;
  let isolatedAt = Number.NEGATIVE_INFINITY;
  return {
    isolating: () => {
      isolatedAt = performance.now();
    },
    turn: async (signal) => {
      const now = performance.now();
      const at = Math.max(now, nextAt);
      nextAt = at + gapMs;
      if (at > now) await pause(at - now, signal);
    },
    afterIsolations: async () => {
      const deadline = performance.now() + longestYieldMs;
      for (;;) {
        const quietAt = Math.min(isolatedAt + quietMs, deadline);
        const leftMs = quietAt - performance.now();
        if (leftMs <= 0) return;
        await delay(leftMs);
      }
    },
  };
}
