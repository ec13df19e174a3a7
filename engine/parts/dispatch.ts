/** The part that makes repairs of reports. */
import { begin } from '../../activities/begin.ts';
import type { Ports } from '../../activities/ports.ts';
import { runDispatch } from '../../dispatch/index.ts';
import type { DispatchOptions } from '../../dispatch/index.ts';
import { lineOf } from '../../domain/journal.ts';
import { publishJournal } from '../../event-hub/index.ts';
import type { Guard } from '../../guard/index.ts';
import type { JournalLine } from '../../schemas/wire/journalLine.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { EngineMetrics } from '../metrics.ts';
import type { Part } from '../parts.ts';

type HandledHere =
  | 'onIgnored'
  | 'onUnowned'
  | 'onMended'
  | 'begin'
  | 'onFailed'
  | 'onBad'
  | 'onTrouble'
  | 'book';

export type DispatchPartOptions = Omit<DispatchOptions, 'signal' | HandledHere> & {
  readonly guard: Guard;
  readonly ports: Ports;
  readonly log: Logger;
  readonly metrics: Pick<EngineMetrics, 'mended' | 'ignored'>;
};

export function dispatchPart(of: DispatchPartOptions): Part {
  return { name: 'dispatch', needsLead: true, run: (signal) => dispatchFaults(of, signal) };
}

function dispatchFaults(options: DispatchPartOptions, signal: AbortSignal): Promise<void> {
  const { hub, log, metrics } = options;
  return runDispatch({
    ...options,
    signal,
    book: bookOf(options.guard),
    begin: (opening) => begin(options.ports, opening),
    onUnowned: (repairId, reason) =>
      log.warn('a repair that cannot go on is handed over', { repairId, reason }),
    onFailed: (error) => log.error('the reconciler failed', { error: String(error) }),
    onMended: (fix, of) => {
      metrics.mended(fix);
      log.warn('something that no open repair owns was mended', { fix, of });
    },
    onTrouble: (trouble) => log.warn('dispatch had trouble', { trouble }),
    onBad: (letter) =>
      log.warn('a message was set aside in DEAD', {
        subject: letter.subject,
        reason: letter.reason,
      }),
    onIgnored: (record, reason, changed) => {
      metrics.ignored(reason);
      if (changed) void publishJournal(hub, [ignoredLine(options, record.node, reason)]);
    },
  });
}

function bookOf(guard: Guard): DispatchOptions['book'] {
  return {
    permits: async () => {
      const read = await guard.read();
      return read.ok ? read.value.permits : undefined;
    },
    release: async (repairId) => (await guard.release(repairId)).ok,
  };
}

function ignoredLine(
  { cluster, clock }: DispatchPartOptions,
  node: string,
  reason: string,
): JournalLine {
  const decided = { sequence: 0, at: clock(), command: { kind: 'ignore' }, reason, events: [] };
  return lineOf({ kind: 'node', cluster, node }, { ...decided, by: 'slipway/dispatch' });
}
