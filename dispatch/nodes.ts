/** What happens to nodes, as running repairs must hear it: gone, replaced, rebooted, held, taken back. */
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import { isBeingDisrupted, isHeld, isIsolatedBy, isolationMark } from '../domain/marks.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { Arrival, Unstamped } from '../domain/repair/types.ts';
import type { CacheChange } from '../kube/index.ts';
import type { Records } from './records.ts';
import type { Voice } from './voice.ts';

export type NodesOptions = {
  readonly records: Records;
  readonly voice: Voice;
  readonly reconsider: (node: string) => void;
};

/** Handles one change of one node. Signals only make repairs quick: their own looks find the same. */
export async function followNode(
  { records, voice, reconsider }: NodesOptions,
  change: CacheChange<NodeFacts>,
): Promise<void> {
  const node = change.kind === 'deleted' ? change.before : change.after;
  const record = records.get(node.name);
  if (!record) return;
  const { episode } = record;
  if (!episode || episode.outcome !== undefined) return reconsider(node.name);
  const arrival = arrivalOf(change, record, episode.repairId);
  if (arrival) await voice.tell(record, arrival);
  // Another boot is written down, and what was said of it before anybody knew it is told now.
  if (arrival?.kind === 'rebooted') reconsider(node.name);
}

function arrivalOf(
  change: CacheChange<NodeFacts>,
  record: EpisodeRecord,
  repairId: string,
): Unstamped<Arrival> | undefined {
  const node = change.kind === 'deleted' ? change.before : change.after;
  // The watch may lag behind a report: late news of a node that had the name before is none of this repair's.
  if (record.formerUids.includes(node.uid)) return undefined;
  if (change.kind === 'deleted') return deletion(node, record);
  if (node.uid !== record.nodeUid) return lost('replaced', `the node now has UID ${node.uid}`);
  const before = change.kind === 'changed' ? change.before : undefined;
  return lossOf(node, repairId) ?? boot(before, node) ?? departure(before, node);
}

function deletion({ uid }: NodeFacts, { nodeUid }: EpisodeRecord): Unstamped<Arrival> | undefined {
  return uid === nodeUid ? lost('deleted', 'the node was deleted') : undefined;
}

function lossOf(node: NodeFacts, repairId: string): Unstamped<Arrival> | undefined {
  if (isolationMark(node)?.repair === repairId && !isIsolatedBy(node, repairId)) {
    return lost('taken-over', `the cordon was changed by ${node.unschedulableOwner ?? 'somebody'}`);
  }
  return isHeld(node) ? lost('held', 'the node was put on hold') : undefined;
}

function boot(before: NodeFacts | undefined, node: NodeFacts): Unstamped<Arrival> | undefined {
  if (before && before.bootId === node.bootId && before.ready === node.ready) return undefined;
  return { kind: 'rebooted', bootId: node.bootId, ready: node.ready === 'True' };
}

/** Whether that ends the repair is for its policy and its own look to say. */
function departure(before: NodeFacts | undefined, node: NodeFacts): Unstamped<Arrival> | undefined {
  if (!isLeaving(node) || (before && isLeaving(before))) return undefined;
  return { kind: 'lookAgain', because: 'the node is about to be removed' };
}

function isLeaving(node: NodeFacts): boolean {
  return node.deleting || isBeingDisrupted(node);
}

function lost(
  reason: 'deleted' | 'replaced' | 'taken-over' | 'held',
  detail: string,
): Unstamped<Arrival> {
  return { kind: 'lost', reason, detail };
}
