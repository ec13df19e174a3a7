/** How long the event loop of this process was kept from its next turn. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** In seconds; each is at most by `everyMs` shorter than the delay was. */
export type LoopDelay = { readonly p99: number; readonly max: number };

/** How often the loop is expected to turn: 20 ms costs 0.15 % of a core. */
const everyMs = 20;

/** Measures until the signal. Each call answers for the time since the one before, but for the first turn after it. */
export function watchLoopDelay(signal: AbortSignal): () => LoopDelay {
  const turns = monitorEventLoopDelay({ resolution: everyMs });
  turns.enable();
  signal.addEventListener('abort', () => turns.disable(), { once: true });
  return () => {
    const delay = {
      p99: beyondExpected(turns.percentile(99)),
      max: beyondExpected(turns.max),
    };
    turns.reset();
    return delay;
  };
}

/** Turns are counted by the nanoseconds between them, the expected wait included. */
function beyondExpected(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1_000_000 - everyMs) / 1_000;
}
