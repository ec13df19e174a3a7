/** Wires the activities' ports to the real neighbours: the API server, the hub, the guard and the drivers. */
import type {
  Evicted,
  GuardPort,
  HubPort,
  KubePort,
  Ports,
  Read,
  Unread,
  Written,
} from '../activities/ports.ts';
import { shared } from '../std/shared.ts';
import type { Records } from '../dispatch/index.ts';
import { attemptStanding, evolve } from '../domain/dispatch/evolve.ts';
import type { Episode } from '../domain/dispatch/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { BlockReason } from '../domain/vocabulary/reasons.ts';
import { merged } from '../domain/evidence.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { StoredFault } from '../domain/fault.ts';
import type { CheckReport } from '../domain/repair/types.ts';
import type { Driver } from '../drivers/port.ts';
import { newestReportsOf, publishJournal, reportsBeyond } from '../event-hub/index.ts';
import type { Hub } from '../event-hub/index.ts';
import type { Guard } from '../guard/index.ts';
import {
  evictPod,
  getNode,
  isolateNode,
  listPodsOn,
  markNode,
  nodesNow,
  readPause,
  returnNode,
  tagPod,
  untagPod,
} from '../kube/index.ts';
import type { Kube, NodeCache, PodCache, Refusal, Result } from '../kube/index.ts';
import type { EngineLimits } from '../schemas/config/engineConfig.ts';
import { createPace } from './pace.ts';
import type { EvictionPace } from './pace.ts';

export type PortsOptions = {
  readonly observer: Kube;
  readonly actor: Kube;
  readonly nodes: NodeCache;
  readonly pods: PodCache;
  readonly hub: Hub;
  readonly cluster: string;
  readonly records: Records;
  readonly guard: Guard;
  readonly drivers: readonly Driver[];
  readonly limits: EngineLimits;
  readonly clock: () => EpochMs;
};

export function createPorts(options: PortsOptions): Ports {
  const pace = createPace(options.limits);
  return {
    cluster: options.cluster,
    kube: { ...reads(options), ...nodeWrites(options, pace), ...podWrites(options) },
    hub: hubPort(options),
    guard: guardPort(options.guard, pace),
    drivers: Object.fromEntries(options.drivers.map((driver) => [driver.name, driver])),
    pace,
    clock: options.clock,
  };
}

function reads({
  observer,
  nodes,
  pods,
}: PortsOptions): Pick<
  KubePort,
  'readNode' | 'allNodes' | 'cachedNode' | 'podsOn' | 'listPods' | 'isPaused'
> {
  return {
    readNode: async (name) => {
      const read = await getNode(observer, name);
      if (!read.ok && read.refusal.kind === 'not-found') return { ok: true, value: undefined };
      return readOf(read, 'node-unreadable');
    },
    allNodes: shared(async () => readOf(await nodesNow(observer, nodes), 'nodes-unreadable')),
    cachedNode: (name) => nodes.get(name),
    podsOn: (node) => pods.onNode(node),
    listPods: async (node) => readOf(await listPodsOn(observer, node), 'pods-unreadable'),
    isPaused: shared(async () => {
      const read = readOf(await readPause(observer), 'pause-unreadable');
      return read.ok ? { ok: true, value: read.value !== undefined } : read;
    }),
  };
}

/** Whoever asks for a permit is about to isolate a node: the moving of pods makes way. */
function guardPort(guard: Guard, pace: EvictionPace): GuardPort {
  const request: GuardPort['request'] = (applicant) => {
    pace.isolating();
    return guard.request(applicant);
  };
  return {
    request,
    preview: guard.preview,
    release: async (repairId) => ledgerOf(await guard.release(repairId)),
    holds: async (repairId) => ledgerOf(await guard.holds(repairId)),
  };
}

function ledgerOf<T>(
  read: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string },
): Read<T> {
  return read.ok ? read : { ...read, reason: 'ledger-unreadable' };
}

function nodeWrites(
  { actor }: PortsOptions,
  pace: EvictionPace,
): Pick<KubePort, 'isolate' | 'uncordon' | 'annotate'> {
  return {
    isolate: async (node, mark) => {
      pace.isolating();
      return writtenOf(await isolateNode(actor, node, mark));
    },
    uncordon: async (node) => writtenOf(await returnNode(actor, node)),
    annotate: async (facts, annotations) => writtenOf(await markNode(actor, facts, annotations)),
  };
}

function podWrites({ actor }: PortsOptions): Pick<KubePort, 'tagPod' | 'untagPod' | 'evict'> {
  return {
    tagPod: async (pod, repairId) => writtenOf(await tagPod(actor, pod, repairId)),
    untagPod: async (pod) => writtenOf(await untagPod(actor, pod)),
    evict: async (pod) => {
      const answer = await evictPod(actor, { pod });
      return answer.ok ? { kind: answer.value } : evictionRefused(answer.refusal);
    },
  };
}

function evictionRefused({ kind, message, budgets, retryAfterMs }: Refusal): Evicted {
  return {
    kind: 'refused',
    why: blockReasonOf[kind],
    detail: message.slice(0, longestDetail),
    ...(budgets && { budgets }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const longestDetail = 300;

/** `not-found` and `conflict` are read again before they are a refusal. */
const blockReasonOf: Readonly<Record<Refusal['kind'], BlockReason>> = {
  budget: 'blocked-by-budget',
  admission: 'refused-by-admission',
  invalid: 'not-evictable',
  forbidden: 'eviction-forbidden',
  throttled: 'eviction-unanswered',
  transient: 'eviction-unanswered',
  ambiguous: 'eviction-unanswered',
  conflict: 'eviction-unanswered',
  'not-found': 'eviction-unanswered',
};

function hubPort({ hub, cluster, records }: PortsOptions): HubPort {
  return {
    newestReports: async (node, nodeUid) => {
      const record = records.get(node);
      const read = await (record?.nodeUid === nodeUid
        ? reportsBeyond(hub, { cluster, node, place: record.place })
        : newestReportsOf(hub, cluster, node));
      if (read.kind !== 'read') return hubSilent(read.why);
      const known = record?.nodeUid === nodeUid ? record.reports : [];
      const beyond = read.reports.filter(({ event }) => event.nodeUid === nodeUid);
      return { ok: true, value: merged(known.map(reportOf), beyond.map(reported)) };
    },
    isOpen: async (node, repairId) => {
      const isOpen = (episode: Episode | undefined): boolean =>
        episode?.repairId === repairId && episode.outcome === undefined;
      if (isOpen(records.get(node)?.episode)) return { ok: true, value: true };
      // The mirror may be behind a repair that was opened just now.
      const fresh = await records.read(node);
      return fresh.ok
        ? { ok: true, value: isOpen(fresh.record?.episode) }
        : hubSilent(`the record of ${node} cannot be read`);
    },
    beginAttempt: async (node, attempt) => {
      const changed = await records.changeWith(node, (fresh) => ({
        value: fresh && evolve(fresh, { kind: 'attemptBegun', ...attempt }),
        result: fresh ? attemptStanding(fresh, attempt) : ('not-open' as const),
      }));
      return changed.kind === 'failed'
        ? hubSilent(changed.why)
        : { ok: true, value: changed.result };
    },
    publishJournal: async (entries) => {
      const stored = await publishJournal(hub, entries);
      return stored.kind === 'stored' ? { ok: true, value: undefined } : hubSilent(stored.why);
    },
    changeEpisode: async (node, event) => {
      const changed = await records.change(node, (record) => record && evolve(record, event));
      return changed.kind === 'failed' ? hubSilent(changed.why) : { ok: true, value: undefined };
    },
  };
}

function reported({ event, sequence }: StoredFault): CheckReport {
  return reportOf({ ...event, sequence });
}

function reportOf({ check, observer, verdict, bootId, counter, sequence }: Evidence): CheckReport {
  return { check, observer, verdict, bootId, counter, sequence };
}

function hubSilent(why: string): Unread {
  return { ok: false, reason: 'hub-unreadable', why };
}

function readOf<T>(result: Result<T>, reason: Unread['reason']): Read<T> {
  return result.ok ? result : { ok: false, reason, why: sentenceOf(result.refusal) };
}

function writtenOf(result: Result<unknown>): Written {
  if (result.ok) return { kind: 'done' };
  if (result.refusal.kind === 'conflict') return { kind: 'conflict' };
  if (result.refusal.kind === 'not-found') return { kind: 'gone' };
  const kind = result.refusal.kind === 'ambiguous' ? 'lost' : 'failed';
  return { kind, why: sentenceOf(result.refusal) };
}

function sentenceOf({ kind, message }: Refusal): string {
  return `the API server answered (${kind}): ${message}`;
}
