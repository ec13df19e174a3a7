/** One timer per node for another look at its record; a look that fails is set again. */
import type { EpochMs } from '../domain/vocabulary.ts';

export type Alarms = { readonly set: (node: string, at: EpochMs) => void };

const retryMs = 1_000;

export function createAlarms(options: {
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
  readonly ring: (node: string) => Promise<'done' | 'retry'>;
}): Alarms {
  const timers = new Map<string, { readonly at: EpochMs; readonly timer: NodeJS.Timeout }>();
  const set = (node: string, at: EpochMs): void => {
    const earlier = timers.get(node);
    if (options.signal.aborted || (earlier && earlier.at <= at)) return;
    clearTimeout(earlier?.timer);
    const timer = setTimeout(() => void ring(node), Math.max(0, at - options.clock()));
    timers.set(node, { at, timer });
  };
  const ring = async (node: string): Promise<void> => {
    timers.delete(node);
    const answer = await options.ring(node).catch(() => 'retry');
    if (answer === 'retry') set(node, options.clock() + retryMs);
  };
  options.signal.addEventListener('abort', () => {
    for (const { timer } of timers.values()) clearTimeout(timer);
    timers.clear();
  });
  return { set };
}
