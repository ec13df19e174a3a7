/** Paces evictions for the whole cluster, so that isolations never queue behind the moving of pods (DESIGN 7). */
import type { PacePort } from '../activities/ports.ts';

/** Evictions in this window at most; measured: the API server then still answers isolations within milliseconds. */
const evictionsPerSecond = 50;

export function createPace(): PacePort {
  const gapMs = 1_000 / evictionsPerSecond;
  let nextAt = 0;
  return {
    turn: async (signal) => {
      const now = performance.now();
      const at = Math.max(now, nextAt);
      nextAt = at + gapMs;
      if (at > now) await delay(at - now, signal);
    },
  };
}

async function delay(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
