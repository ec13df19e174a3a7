/** What only one engine of a cluster does at a time: probe, dispatch and notices. */
import type { Ports } from '../activities/ports.ts';
import { begin } from '../activities/begin.ts';
import { runDispatch } from '../dispatch/index.ts';
import type { DispatchOptions } from '../dispatch/index.ts';
import { rulesOf } from '../domain/conditions/policy.ts';
import { memoriesOf } from '../domain/conditions/memory.ts';
import { lineOf } from '../domain/journal.ts';
import { newestReports, publishFault, publishJournal, eventId } from '../event-hub/index.ts';
import type { Guard } from '../guard/index.ts';
import { runNotices } from '../notices/index.ts';
import type { TicketOptions } from '../notices/index.ts';
import { observer, startNodeConditions } from '../probes/active/nodeConditions.ts';
import type { JournalLine } from '../schemas/wire/journalLine.ts';
import type { Logger } from '../telemetry/logger.ts';
import { announce } from './announce.ts';
import { warningsOf } from './warnings.ts';
import type { EngineMetrics } from './metrics.ts';
import { tendHub } from './tend.ts';

type HandledByLead =
  | 'onIgnored'
  | 'onUnowned'
  | 'onMended'
  | 'begin'
  | 'onFailed'
  | 'onBad'
  | 'onTrouble'
  | 'book';

export type LeadOptions = Omit<DispatchOptions, 'signal' | HandledByLead> & {
  readonly ticket?: TicketOptions;
  readonly guard: Guard;
  readonly ports: Ports;
  readonly log: Logger;
  readonly metrics: EngineMetrics;
};

const announceEveryMs = 15_000;

/** However it ends, also by throwing, nothing of it goes on. */
export async function lead(options: LeadOptions, signal: AbortSignal): Promise<void> {
  const { cluster, log, metrics } = options;
  const term = new AbortController();
  const until = AbortSignal.any([signal, term.signal]);
  const since = options.clock();
  log.info('leading');
  for (const warning of warningsOf(options))
    log.warn('a policy hardly means what it says', { warning });
  metrics.leads(true);
  void announce(options, since, until);
  const tending = tendHub(options, until);
  const probe = startProbe(options, until);
  const telling = runNotices({ ...options, counting: metrics.notices, signal: until });
  const announcing = setInterval(() => void announce(options, since, until), announceEveryMs);
  try {
    await dispatchFaults(options, until);
  } finally {
    term.abort();
    clearInterval(announcing);
    await Promise.allSettled([tending, probe.settled(), telling]);
    metrics.leads(false);
    log.info('no longer leading', { cluster });
  }
}

function dispatchFaults(options: LeadOptions, signal: AbortSignal): Promise<void> {
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

function startProbe(
  { hub, cluster, nodes, records, policies, clock, log }: LeadOptions,
  signal: AbortSignal,
): ReturnType<typeof startNodeConditions> {
  return startNodeConditions({
    cluster,
    nodes,
    clock,
    signal,
    rules: rulesOf(policies),
    eventId,
    memories: async () => {
      const read = await newestReports(hub, cluster);
      if (read.kind !== 'read') throw new Error(read.why);
      return memoriesOf(observer, records.all(), read.reports);
    },
    publish: async (event) => {
      const stored = await publishFault(hub, event);
      // What can never be sent must not keep back what comes after it.
      if (stored.kind === 'invalid') log.error('a report cannot be sent', { why: stored.why });
      else if (stored.kind !== 'stored') throw new Error(stored.why);
    },
    onProblem: (problem) => log.warn('the node-conditions probe had trouble', { problem }),
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

function ignoredLine({ cluster, clock }: LeadOptions, node: string, reason: string): JournalLine {
  const decided = { sequence: 0, at: clock(), command: { kind: 'ignore' }, reason, events: [] };
  return lineOf({ kind: 'node', cluster, node }, { ...decided, by: 'slipway/dispatch' });
}
