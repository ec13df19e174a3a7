/** One timer per node for another look at its record; a look that fails is set again. */
import type { EpochMs } from '../domain/vocabulary/time.ts';

export type Alarms = { readonly set: (node: string, at: EpochMs) => void };

const retryMs = 1_000;
/** A longer timer fires at once: it is set again until its time has come. */
const longestTimerMs = 2 ** 31 - 1;

type Alarm = { readonly at: EpochMs; readonly timer: NodeJS.Timeout };

export function createAlarms(options: {
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
  readonly ring: (node: string) => Promise<'done' | 'retry'>;
}): Alarms {
  const { clock, signal } = options;
  const alarms = new Map<string, Alarm>();
  const arm = (node: string, at: EpochMs): void => {
    const leftMs = Math.max(0, at - clock());
    const onTimer = leftMs > longestTimerMs ? () => arm(node, at) : () => void ring(node);
    const timer = setTimeout(onTimer, Math.min(leftMs, longestTimerMs));
    alarms.set(node, { at, timer });
  };
  const set = (node: string, at: EpochMs): void => {
    const earlier = alarms.get(node);
    if (signal.aborted || (earlier && earlier.at <= at)) return;
    clearTimeout(earlier?.timer);
    arm(node, at);
  };
  const ring = async (node: string): Promise<void> => {
    alarms.delete(node);
    const answer = await options.ring(node).catch(() => 'retry');
    if (answer === 'retry') set(node, clock() + retryMs);
  };
  signal.addEventListener('abort', () => {
    for (const { timer } of alarms.values()) clearTimeout(timer);
    alarms.clear();
  });
  return { set };
}
