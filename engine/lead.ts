/** What only one engine of a cluster does at a time: probe, dispatch and sweep. */
import type { Ports } from '../activities/ports.ts';
import { runDispatch } from '../dispatch/index.ts';
import type { DispatchOptions } from '../dispatch/index.ts';
import { newestReports, publishFault, publishJournal, eventId } from '../event-hub/index.ts';
import { sweep } from '../guard/index.ts';
import type { Closed, Guard } from '../guard/index.ts';
import type { Kube } from '../kube/index.ts';
import { runNotices } from '../notices/index.ts';
import type { TicketOptions } from '../notices/index.ts';
import { startNodeConditions } from '../probes/active/nodeConditions.ts';
import { describeRepair } from '../temporal/index.ts';
import type { Logger } from '../telemetry/logger.ts';
import { announce } from './announce.ts';
import type { EngineMetrics } from './metrics.ts';
import { closeVanished } from './vanished.ts';

type Handlers = 'onIgnored' | 'onVanished' | 'onBad';

export type LeadOptions = Omit<DispatchOptions, 'signal' | Handlers> & {
  readonly actor: Kube;
  readonly ticket?: TicketOptions;
  readonly guard: Guard;
  readonly ports: Ports;
  readonly log: Logger;
  readonly metrics: EngineMetrics;
};

const sweepEveryMs = 15_000;

/** However it ends, also by throwing, nothing of it goes on. */
export async function lead(options: LeadOptions, signal: AbortSignal): Promise<void> {
  const { cluster, log, metrics } = options;
  const term = new AbortController();
  const until = AbortSignal.any([signal, term.signal]);
  const since = options.clock();
  log.info('leading');
  metrics.leads(true);
  void announce(options, since, until);
  const probe = startProbe(options, until);
  const telling = runNotices({ ...options, counting: metrics.notices, signal: until });
  const sweeping = setInterval(() => {
    void announce(options, since, until);
    void sweepOnce(options);
  }, sweepEveryMs);
  try {
    await dispatchFaults(options, until);
  } finally {
    term.abort();
    clearInterval(sweeping);
    await Promise.allSettled([probe.settled(), telling]);
    metrics.leads(false);
    log.info('no longer leading', { cluster });
  }
}

function dispatchFaults(options: LeadOptions, signal: AbortSignal): Promise<void> {
  const { hub, log, metrics } = options;
  return runDispatch({
    ...options,
    signal,
    onVanished: (record, episode) => {
      log.warn('a repair was ended outside of Slipway', { repairId: episode.repairId });
      return closeVanished(options, record, episode);
    },
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
  { hub, cluster, nodes, clock, log }: LeadOptions,
  signal: AbortSignal,
): ReturnType<typeof startNodeConditions> {
  return startNodeConditions({
    cluster,
    nodes,
    clock,
    signal,
    eventId,
    lastReports: async () => {
      const read = await newestReports(hub, cluster);
      if (read.kind !== 'read') throw new Error(read.why);
      return read.reports.map(({ event }) => event);
    },
    publish: async (event) => {
      const stored = await publishFault(hub, event);
      if (stored.kind !== 'stored') throw new Error(stored.why);
    },
    onProblem: (problem) => log.warn('the node-conditions probe had trouble', { problem }),
  });
}

async function sweepOnce({ guard, temporal, cluster, log }: LeadOptions): Promise<void> {
  const isClosed = async (repairId: string, node: string): Promise<Closed> => {
    const about = await describeRepair(temporal, { cluster, node });
    if (about.kind !== 'found' || about.repairId !== repairId) return 'unknown';
    return about.running ? 'open' : 'closed';
  };
  const swept = await sweep(guard, isClosed);
  if (swept.length > 0) log.info('permits of closed repairs were returned', { repairs: swept });
}

function ignoredLine(
  { cluster, clock }: LeadOptions,
  node: string,
  reason: string,
): Parameters<typeof publishJournal>[1][number] {
  const at = clock();
  return {
    version: 1,
    cluster,
    node,
    sequence: 0,
    at,
    command: { kind: 'ignore' },
    reason,
    events: [],
    by: 'slipway/dispatch',
  };
}
