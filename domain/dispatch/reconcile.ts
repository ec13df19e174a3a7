/**
 * What carries Slipway's keys and belongs to no open repair: it is undone, or handed to a person (ADR 16). Undoing must
 * not hang on one workflow's end.
 */
import { isIsolatedBy, isolationMark } from '../marks.ts';
import type { IsolationMark, NodeFacts, PodFacts } from '../node.ts';
import type { Permit } from '../guard/types.ts';
import { marks } from '../vocabulary/marks.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import { isHandedOver } from './evolve.ts';
import type { EpisodeRecord } from './types.ts';

export type WaitingRepair = { readonly repairId: string; readonly node: string };

/** A repair as it is named by what it left somewhere, and the node whose workflow it would be. */
export type RepairRef = { readonly repairId: string; readonly node: string };

/** Everything that carries our keys, as it was found. */
export type Holdings = {
  /** All nodes of the cluster; an empty list counts as unread. */
  readonly nodes: readonly NodeFacts[];
  readonly permits: readonly Permit[];
  readonly waiters: readonly WaitingRepair[];
  /** Pods with the label of a repair. */
  readonly pods: readonly PodFacts[];
  readonly records: readonly EpisodeRecord[];
};

/** Whether a repair may still act. Who cannot be asked about is unknown, and nothing of it is touched. */
export type Standing = 'open' | 'closed' | 'unknown';

export type Fix =
  | { readonly kind: 'returnPermit'; readonly repairId: string; readonly node: string }
  | { readonly kind: 'dropWaiter'; readonly repairId: string; readonly node: string }
  | { readonly kind: 'unlabelPod'; readonly pod: PodFacts }
  /** The node is still as the repair isolated it: a person's from now on. */
  | { readonly kind: 'handOverNode'; readonly node: NodeFacts; readonly mark: IsolationMark }
  /** A person uncordoned the node: the mark is history. */
  | { readonly kind: 'dropMark'; readonly node: NodeFacts; readonly mark: IsolationMark }
  /** The hand-over that the note speaks of is over. */
  | { readonly kind: 'dropNote'; readonly node: NodeFacts }
  /** The open repair of a node that is gone has to hear of it. */
  | { readonly kind: 'tellDeleted'; readonly record: EpisodeRecord }
  | { readonly kind: 'forgetRecord'; readonly record: EpisodeRecord };

const day = 24 * 60 * 60_000;
/** As long as FAULTS keeps reports: none of them can meet a record that is missing. */
export const recordsKeptMs = 7 * day;

/** Every repair whose standing has to be known before anything is undone. */
export function repairsIn({ nodes, permits, waiters, pods }: Holdings): readonly RepairRef[] {
  const marked = nodes.flatMap((node) => {
    const mark = isolationMark(node);
    return mark && mark.outcome === undefined ? [{ repairId: mark.repair, node: node.name }] : [];
  });
  const labelled = pods.map(({ repair = '', node }) => ({ repairId: repair, node }));
  const named = [...permits, ...waiters, ...labelled, ...marked];
  const distinct = new Map(
    named.map(({ repairId, node }) => [`${node}/${repairId}`, { repairId, node }]),
  );
  return [...distinct.values()];
}

export function decide(
  found: Holdings,
  standingOf: (repair: RepairRef) => Standing,
  now: EpochMs,
): readonly Fix[] {
  const isClosed = (repair: RepairRef): boolean => standingOf(repair) === 'closed';
  const { permits, waiters, pods, nodes, records } = found;
  const byNode = new Map(records.map((record) => [record.node, record]));
  return [
    ...permits
      .filter(isClosed)
      .map(({ repairId, node }): Fix => ({ kind: 'returnPermit', repairId, node })),
    ...waiters
      .filter(isClosed)
      .map(({ repairId, node }): Fix => ({ kind: 'dropWaiter', repairId, node })),
    ...pods
      .filter(({ repair = '', node }) => isClosed({ repairId: repair, node }))
      .map((pod): Fix => ({ kind: 'unlabelPod', pod })),
    ...nodes.flatMap(
      (node) => markFix(node, isClosed) ?? noteFix(node, byNode.get(node.name)) ?? [],
    ),
    ...recordFixes(found, now),
  ];
}

function markFix(node: NodeFacts, isClosed: (repair: RepairRef) => boolean): Fix | undefined {
  const mark = isolationMark(node);
  if (!mark) return undefined;
  const isOver = mark.outcome !== undefined || isClosed({ repairId: mark.repair, node: node.name });
  if (!isOver) return undefined;
  if (!node.unschedulable) return { kind: 'dropMark', node, mark };
  const isKept = mark.outcome !== undefined || !isIsolatedBy(node, mark.repair);
  return isKept ? undefined : { kind: 'handOverNode', node, mark };
}

/** Without a record the note is all that keeps automation away. */
function noteFix(node: NodeFacts, record: EpisodeRecord | undefined): Fix | undefined {
  const hasNote = node.marks[marks.handedOver] !== undefined && !isolationMark(node);
  if (!hasNote || record?.nodeUid !== node.uid) return undefined;
  const { episode, clearedAt } = record;
  const isOver = episode
    ? episode.outcome !== undefined && !isHandedOver(episode.outcome)
    : clearedAt !== undefined;
  return isOver ? { kind: 'dropNote', node } : undefined;
}

function recordFixes({ nodes, records }: Holdings, now: EpochMs): readonly Fix[] {
  if (nodes.length === 0) return [];
  const present = new Set(nodes.map(({ name }) => name));
  return records
    .filter(({ node }) => !present.has(node))
    .flatMap((record): readonly Fix[] => {
      const { episode } = record;
      if (episode && episode.outcome === undefined) return [{ kind: 'tellDeleted', record }];
      return now - lastNewsAt(record) > recordsKeptMs ? [{ kind: 'forgetRecord', record }] : [];
    });
}

function lastNewsAt({ reports, episode }: EpisodeRecord): EpochMs {
  const stored = reports.map(({ storedAt }) => storedAt);
  return Math.max(0, episode?.closedAt ?? 0, ...stored);
}
