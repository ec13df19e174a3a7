/** Counts what passes through the engine, and looks at its neighbours when somebody reads the metrics. */
import { errorText } from '../std/errorText.ts';
import type { Ports } from '../activities/ports.ts';
import type { Records } from '../dispatch/index.ts';
import type { Fix } from '../domain/dispatch/reconcile.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import { countOut, limitOf } from '../domain/guard/decide.ts';
import { emptyLedger } from '../domain/guard/types.ts';
import type { Ledger } from '../domain/guard/types.ts';
import { isolationMark } from '../domain/marks.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import { buckets, streams } from '../domain/vocabulary/hub.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../domain/vocabulary/reasons.ts';
import type { Driver } from '../drivers/port.ts';
import { consumerLag, deadSubject, streamSummary } from '../event-hub/index.ts';
import type { Bucket, Hub } from '../event-hub/index.ts';
import { readPause } from '../kube/index.ts';
import type { CacheChange, Kube, NodeCache, PodCache } from '../kube/index.ts';
import type { GuardRecord } from '../schemas/wire/guardRecord.ts';
import { servePage } from '../telemetry/endpoint.ts';
import { watchLoopDelay } from '../telemetry/loopDelay.ts';
import type { LoopDelay } from '../telemetry/loopDelay.ts';
import { createRegistry } from '../telemetry/registry.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { Counting } from '../notices/index.ts';
import { codeVersion } from './codeVersion.ts';
import { EngineFailure } from './options.ts';

/** What is looked at. */
type MetricSources = {
  readonly hub: Hub;
  readonly observer: Kube;
  readonly nodes: NodeCache;
  readonly pods: PodCache;
  readonly records: Records;
  readonly guardBucket: Bucket<GuardRecord>;
  readonly policies: readonly RepairPolicy[];
  readonly cluster: string;
  readonly mode: Mode;
  readonly clock: () => EpochMs;
  /** Unset: nobody reads the metrics. */
  readonly metrics?: { readonly listen: string };
};

export type EngineMetrics = {
  /** The same ports, with what passes through them counted. */
  readonly counted: (ports: Ports) => Ports;
  readonly ignored: (reason: ReasonCode) => void;
  /** The reconciler undid something that no open repair owns. */
  readonly mended: (fix: Fix['kind']) => void;
  /** A stream or bucket of the hub was gone and was made again. */
  readonly streamMade: (stream: string) => void;
  readonly notices: Counting;
  /** Whether this engine leads from now on: only a leader counts repairs, so that none is counted twice. */
  readonly leads: (isLeading: boolean) => void;
  /** Everything as Prometheus reads it, looked up anew. */
  readonly text: () => Promise<string>;
};

export function createMetrics(seen: MetricSources, signal: AbortSignal): EngineMetrics {
  const registry = createRegistry();
  const waiting: PendingSince = new Map();
  let leadingSince = Number.POSITIVE_INFINITY;
  const leads = (isLeading: boolean): void => {
    leadingSince = isLeading ? seen.clock() : Number.POSITIVE_INFINITY;
    registry.set('slipway_dispatch_active', {}, isLeading ? 1 : 0);
  };
  leads(false);
  registry.set('slipway_build_info', { version: codeVersion, mode: seen.mode }, 1);
  const guard = seen.metrics && followGuard(seen, signal);
  const delay = seen.metrics && watchLoopDelay(signal);
  seen.records.onChange(repairCounter(registry, () => leadingSince));
  seen.nodes.onChange((change) => observeIsolation(registry, seen.records, change));
  return {
    counted: (ports) => countedPorts(registry, ports),
    streamMade: (stream) => registry.count('slipway_hub_streams_made_total', { stream }),
    ignored: (reason) => registry.count('slipway_faults_ignored_total', { reason }),
    notices: countedNotices(registry, waiting),
    mended: (fix) => registry.count('slipway_reconciler_mended_total', { fix }),
    leads,
    text: async () => {
      setFromMemory(registry, seen);
      setFromWaiting(registry, waiting, seen.clock());
      if (guard) setFromGuard(registry, seen, guard());
      await setFromNeighbours(registry, seen);
      // The last of all, so that what the page itself took is in it.
      if (delay) setFromLoop(registry, delay());
      return registry.text();
    },
  };
}

/** Serves them where the configuration says so; throws `EngineFailure` when that place is taken. */
export async function serveMetrics(
  listen: string | undefined,
  { text }: EngineMetrics,
  signal: AbortSignal,
): Promise<void> {
  if (listen === undefined) return;
  try {
    await servePage(listen, text, signal);
  } catch (error) {
    const detail = errorText(error);
    throw new EngineFailure(
      `cannot serve metrics at ${listen}: ${detail}. Free the port, or correct metrics.listen.`,
    );
  }
}

type GuardFacts = {
  readonly ledger: Ledger;
  readonly waiting: number;
  readonly unreadable: number;
};

/** The ledger and who waits, as the hub tells their changes. */
function followGuard({ guardBucket }: MetricSources, signal: AbortSignal): () => GuardFacts {
  const waiters = new Map<string, string>();
  const unreadable = new Set<string>();
  let ledger = emptyLedger;
  void guardBucket.watch((change) => {
    if (change.kind === 'renewed') {
      waiters.clear();
      unreadable.clear();
      ledger = emptyLedger;
    } else if (change.kind === 'corrupt') unreadable.add(change.key);
    else unreadable.delete(change.key);
    if (change.kind === 'removed') waiters.delete(change.key);
    if (change.kind !== 'found') return;
    if (change.value.kind === 'waiter') waiters.set(change.key, change.value.repairId);
    if (change.value.kind === 'ledger') ({ ledger } = change.value);
  }, signal);
  return () => {
    // A repair that got its permit keeps its place among the waiters until it gives both up.
    const held = new Set(ledger.permits.map(({ repairId }) => repairId));
    const waiting = [...waiters.values()].filter((repairId) => !held.has(repairId)).length;
    return { ledger, waiting, unreadable: unreadable.size };
  };
}

/** A record is told again and again, at each start of a lead from the beginning: each repair counts once. */
function repairCounter(registry: Registry, since: () => EpochMs): (record: EpisodeRecord) => void {
  const opened = new Map<string, string>();
  const closed = new Map<string, string>();
  return ({ node, episode }) => {
    if (!episode) return;
    const { repairId, policy, openedAt, outcome, closedAt = 0 } = episode;
    if (isFirst(opened, node, repairId) && openedAt >= since())
      registry.count('slipway_repairs_opened_total', { policy });
    if (outcome !== undefined && isFirst(closed, node, repairId) && closedAt >= since())
      registry.count('slipway_repairs_closed_total', { outcome });
  };
}

function isFirst(told: Map<string, string>, node: string, repairId: string): boolean {
  const before = told.get(node);
  told.set(node, repairId);
  return before !== repairId;
}

function observeIsolation(
  registry: Registry,
  records: Records,
  change: CacheChange<NodeFacts>,
): void {
  if (change.kind !== 'changed') return;
  const mark = isolationMark(change.after);
  if (!mark || isolationMark(change.before)?.repair === mark.repair) return;
  const episode = records.get(change.after.name)?.episode;
  if (episode?.repairId !== mark.repair) return;
  const seconds = Math.max(0, mark.at - episode.openedAt) / 1_000;
  registry.observe('slipway_isolation_seconds', {}, seconds);
}

function countedPorts(registry: Registry, { kube, guard, drivers, ...others }: Ports): Ports {
  return {
    ...others,
    kube: {
      ...kube,
      evict: async (pod) => {
        const answer = await kube.evict(pod);
        registry.count('slipway_evictions_total', { answer: answer.kind });
        return answer;
      },
    },
    guard: {
      ...guard,
      request: async (applicant) => {
        const answer = await guard.request(applicant);
        if (answer.kind === 'refused')
          registry.count('slipway_permits_refused_total', { reason: answer.reason });
        return answer;
      },
    },
    drivers: Object.fromEntries(
      Object.entries(drivers).map(([name, driver]) => [name, countedDriver(registry, driver)]),
    ),
  };
}

/** Since when the oldest ticket of each sink waits. */
type PendingSince = Map<string, EpochMs | undefined>;

function countedNotices(registry: Registry, waiting: PendingSince): Counting {
  return {
    pending: (sink, count, oldestAt) => {
      registry.set('slipway_notices_pending', { sink }, count);
      waiting.set(sink, oldestAt);
    },
    delivered: (sink) => registry.count('slipway_notices_delivered_total', { sink }),
    failed: (sink) => registry.count('slipway_notices_failed_total', { sink }),
    unreadable: (sink) => registry.count('slipway_notices_unreadable_total', { sink }),
  };
}

function countedDriver(registry: Registry, { name, preflight, run }: Driver): Driver {
  return {
    name,
    preflight,
    run: async (request, signal) => {
      const answer = await run(request, signal);
      registry.count('slipway_rung_attempts_total', { driver: name, result: answer.result });
      return answer;
    },
  };
}

function setFromMemory(
  registry: Registry,
  { nodes, pods, records, policies }: MetricSources,
): void {
  const size = nodes.list().length;
  for (const { name: policy, guard } of policies)
    registry.set('slipway_permits_limit', { policy }, limitOf(size, guard));
  const open = records.all().filter(({ episode }) => episode && !episode.outcome);
  registry.set('slipway_repairs_open', {}, open.length);
  const unreadable = records.corrupt().length;
  registry.set('slipway_records_unreadable', { bucket: buckets.episodes }, unreadable);
  registry.set('slipway_watch_age_seconds', { kind: 'nodes' }, nodes.stalenessMs() / 1_000);
  registry.set('slipway_watch_age_seconds', { kind: 'pods' }, pods.stalenessMs() / 1_000);
}

function setFromWaiting(registry: Registry, waiting: PendingSince, now: EpochMs): void {
  for (const [sink, oldestAt = now] of waiting)
    registry.set('slipway_notices_oldest_pending_seconds', { sink }, (now - oldestAt) / 1_000);
}

function setFromGuard(
  registry: Registry,
  { nodes }: MetricSources,
  { ledger, waiting, unreadable }: GuardFacts,
): void {
  registry.set('slipway_records_unreadable', { bucket: buckets.guard }, unreadable);
  registry.set('slipway_permits_held', {}, ledger.permits.length);
  registry.set('slipway_permits_waiting', {}, waiting);
  registry.set('slipway_nodes_out', {}, countOut({ ledger, nodes: nodes.list() }));
}

function setFromLoop(registry: Registry, { p99, max }: LoopDelay): void {
  registry.set('slipway_event_loop_delay_seconds', { of: 'p99' }, p99);
  registry.set('slipway_event_loop_delay_seconds', { of: 'max' }, max);
}

/** What a neighbour does not tell stays as it was last told. */
async function setFromNeighbours(registry: Registry, seen: MetricSources): Promise<void> {
  const { hub, cluster, observer } = seen;
  const [lag, dead, pause] = await Promise.all([
    consumerLag(hub, 'dispatch', cluster),
    streamSummary(hub, streams.dead, deadSubject(cluster)),
    readPause(observer),
  ]);
  registry.set('slipway_hub_connected', {}, dead.kind === 'stream' ? 1 : 0);
  if (dead.kind === 'stream') registry.set('slipway_dead_messages', {}, dead.messages);
  if (lag.kind === 'lag') registry.set('slipway_hub_lag_messages', {}, lag.waiting + lag.inHand);
  if (pause.ok) registry.set('slipway_paused', {}, pause.value === undefined ? 0 : 1);
}
