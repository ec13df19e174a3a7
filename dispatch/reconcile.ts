/** Each minute, and after each start: compares what carries our keys with the open repairs, and mends what nobody owns. */
import { decide, repairsIn } from '../domain/dispatch/reconcile.ts';
import type {
  Fix,
  Holdings,
  RepairRef,
  Standing,
  WaitingRepair,
} from '../domain/dispatch/reconcile.ts';
import type { Permit } from '../domain/guard/types.ts';
import type { NodeFacts } from '../domain/node.ts';
import { marks } from '../domain/vocabulary/marks.ts';
import { getNode, listLabelledPods, markNode, nodesForDecisions, untagPod } from '../kube/index.ts';
import type { NodeCache } from '../kube/index.ts';
import { describeRepair, runningRepairs } from '../temporal/index.ts';
import type { Temporal } from '../temporal/index.ts';
import { handOver, leaveNode } from './handOver.ts';
import type { HandOverOptions, Left } from './handOver.ts';
import type { Records } from './records.ts';
import type { Voice } from './voice.ts';

/** What the guard lets the reconciler do; handed in by the engine. */
export type PermitBook = {
  readonly permits: () => Promise<readonly Permit[] | undefined>;
  readonly waiters: () => readonly WaitingRepair[];
  /** Gives back the permit and the place among the waiters; false: ask again. */
  readonly release: (repairId: string) => Promise<boolean>;
};

export type ReconcileOptions = HandOverOptions & {
  readonly cluster: string;
  readonly temporal: Temporal;
  readonly nodes: NodeCache;
  readonly records: Records;
  readonly voice: Voice;
  readonly book: PermitBook;
  /** Told of each mend, for the log and the metrics. */
  readonly onMended: (fix: Fix['kind'], of: string) => void;
};

const askedAtOnce = 8;

/** One comparison. What could not be read or written is met again by the next one. */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const found = await holdings(options);
  if (!found) return;
  const standings = await standingsOf(options, repairsIn(found));
  const standingOf = ({ repairId, node }: RepairRef): Standing =>
    standings.get(keyOf({ repairId, node })) ?? 'unknown';
  for (const fix of decide(found, standingOf, options.clock())) {
    if (await mend(options, fix)) options.onMended(fix.kind, subjectOf(fix));
  }
}

async function holdings(options: ReconcileOptions): Promise<Holdings | undefined> {
  const { observer, records, book } = options;
  const [permits, nodes, pods] = await Promise.all([
    book.permits(),
    nodesForDecisions(observer, options.nodes),
    listLabelledPods(observer),
  ]);
  if (!permits || !nodes.ok || !pods.ok) return undefined;
  const found = { permits, nodes: nodes.value, pods: pods.value };
  return { ...found, waiters: book.waiters(), records: records.all() };
}

async function standingsOf(
  options: ReconcileOptions,
  repairs: readonly RepairRef[],
): Promise<ReadonlyMap<string, Standing>> {
  const running = await shownRunning(options, repairs);
  const isShown = ({ repairId }: RepairRef): boolean => running.has(repairId);
  const standings = new Map<string, Standing>(
    repairs.filter(isShown).map((repair) => [keyOf(repair), 'open']),
  );
  const waiting = repairs.filter((repair) => !isShown(repair));
  const ask = async (): Promise<void> => {
    for (let repair = waiting.pop(); repair; repair = waiting.pop())
      standings.set(keyOf(repair), await standing(options, repair));
  };
  await Promise.all(Array.from({ length: askedAtOnce }, ask));
  return standings;
}

/** Up to how many repairs are described one by one. */
const fewRepairs = 100;

/**
 * Of many repairs, those that a list shows as running: they are left alone until a list shows them no more, and only the
 * workflow itself says then that one has closed (ADR 20).
 */
async function shownRunning(
  { temporal, cluster }: ReconcileOptions,
  repairs: readonly RepairRef[],
): Promise<ReadonlySet<string>> {
  if (repairs.length <= fewRepairs) return new Set();
  return (await runningRepairs(temporal, cluster)) ?? new Set();
}

/** By the workflow itself: one of another id means that this one had ended before. One that never ran has a record. */
async function standing(
  { temporal, cluster, records }: ReconcileOptions,
  { repairId, node }: RepairRef,
): Promise<Standing> {
  const about = await describeRepair(temporal, { cluster, node });
  if (about.kind === 'failed') return 'unknown';
  if (about.kind === 'found' && about.repairId === repairId)
    return about.running ? 'open' : 'closed';
  const episode = records.get(node)?.episode;
  const isAwaited = episode?.repairId === repairId && episode.outcome === undefined;
  return isAwaited ? 'open' : 'closed';
}

async function mend(options: ReconcileOptions, fix: Fix): Promise<boolean> {
  const { book, actor, voice, records, mode } = options;
  switch (fix.kind) {
    case 'returnPermit':
    case 'dropWaiter':
      return book.release(fix.repairId);
    case 'tellDeleted':
      return isGone(options, fix.record.node, () =>
        voice.tell(fix.record, { kind: 'lost', reason: 'deleted', detail: 'the node was deleted' }),
      );
    case 'forgetRecord':
      return isGone(options, fix.record.node, () => records.forget(fix.record));
    default:
      return mode === 'act' && mendObject({ ...options, actor }, fix);
  }
}

type ObjectFix = Extract<Fix, { kind: 'unlabelPod' | 'handOverNode' | 'dropMark' | 'dropNote' }>;

/** Objects of the API server: each write is conditioned on what was seen right before. */
async function mendObject(options: ReconcileOptions, fix: ObjectFix): Promise<boolean> {
  switch (fix.kind) {
    case 'unlabelPod':
      return (await untagPod(options.actor, fix.pod)).ok;
    case 'handOverNode':
      return (await handOver(options, leftBy(options, fix), 'terminated-outside')) !== undefined;
    case 'dropMark':
      return leaveNode(options, leftBy(options, fix), 'taken-over');
    case 'dropNote':
      return dropNote(options, fix.node);
  }
}

function leftBy(
  { cluster }: ReconcileOptions,
  { node, mark }: Extract<ObjectFix, { readonly mark: unknown }>,
): Left {
  return { cluster, node: node.name, repairId: mark.repair };
}

async function dropNote({ observer, actor }: ReconcileOptions, seen: NodeFacts): Promise<boolean> {
  const read = await getNode(observer, seen.name);
  if (!read.ok || read.value.uid !== seen.uid) return false;
  return (await markNode(actor, read.value, { [marks.handedOver]: null })).ok;
}

/** That a node is gone only the API server can say. */
async function isGone(
  { observer }: ReconcileOptions,
  node: string,
  then: () => Promise<unknown>,
): Promise<boolean> {
  const read = await getNode(observer, node);
  if (read.ok || read.refusal.kind !== 'not-found') return false;
  await then();
  return true;
}

function keyOf({ repairId, node }: RepairRef): string {
  return `${node}/${repairId}`;
}

function subjectOf(fix: Fix): string {
  switch (fix.kind) {
    case 'returnPermit':
    case 'dropWaiter':
      return fix.repairId;
    case 'unlabelPod':
      return `${fix.pod.namespace}/${fix.pod.name}`;
    case 'tellDeleted':
    case 'forgetRecord':
      return fix.record.node;
    default:
      return fix.node.name;
  }
}
