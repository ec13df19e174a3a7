/** Leaves the node and the journal of a repair that can no longer do it itself as any other hand-over leaves them. */
import { lineOf } from '../domain/journal.ts';
import { isIsolatedBy, isolationMark } from '../domain/marks.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { Ending, JournalEntry } from '../domain/repair/types.ts';
import { handedOverOutcomes } from '../domain/vocabulary/repair.ts';
import { marks } from '../domain/vocabulary/marks.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode, Outcome } from '../domain/vocabulary/repair.ts';
import { publishJournal, readJournal } from '../event-hub/index.ts';
import type { Hub } from '../event-hub/index.ts';
import { getNode, listLabelledPods, markNode, untagPod } from '../kube/index.ts';
import type { Kube } from '../kube/index.ts';
import { asRepairEntry } from '../schemas/wire/journalLine.ts';

export type HandOverOptions = {
  readonly hub: Hub;
  readonly observer: Kube;
  readonly actor: Kube;
  readonly mode: Mode;
  readonly clock: () => EpochMs;
};

/** How such a repair ends: nobody saw it end, or it could not go on. */
export type Unowned = 'terminated-outside' | 'stuck';

export type Closing = Pick<Ending, 'outcome' | 'reason'>;

/** The repair, and where it was. */
export type Left = { readonly cluster: string; readonly node: string; readonly repairId: string };

/** How the repair has ended, once node and journal say so; undefined when something could not be reached: ask again. */
export async function handOver(
  options: HandOverOptions,
  of: Left,
  reason: Unowned,
): Promise<Closing | undefined> {
  const written = await lastEntry(options, of);
  if (written === 'unreadable') return undefined;
  const said = written && closingIn(written);
  const closing = said ?? { outcome: 'escalated', reason };
  if (options.mode === 'act') await unlabel(options, of);
  const isLeft = options.mode === 'observe' || (await leaveNode(options, of, closing.outcome));
  if (!isLeft) return undefined;
  const isTold = said !== undefined || (await tell(options, of, { written, closing }));
  return isTold ? closing : undefined;
}

/** The reconciler takes off the labels on pods that cannot be taken off now. */
async function unlabel({ observer, actor }: HandOverOptions, { repairId }: Left): Promise<void> {
  const labelled = await listLabelledPods(observer);
  const ours = labelled.ok ? labelled.value.filter(({ repair }) => repair === repairId) : [];
  await Promise.all(ours.map((pod) => untagPod(actor, pod)));
}

/** Marks the node as a person's if it is still as this repair isolated it; false: ask again. */
export async function leaveNode(
  { observer, actor, clock }: HandOverOptions,
  { node: name, repairId }: Pick<Left, 'node' | 'repairId'>,
  outcome: Outcome,
): Promise<boolean> {
  const read = await getNode(observer, name);
  if (!read.ok) return read.refusal.kind === 'not-found';
  // A node that is still out did not end well, whatever its repair said.
  const left = handedOverOutcomes.includes(outcome) ? outcome : 'escalated';
  const annotations = leftAs(read.value, { repairId, outcome: left, at: clock() });
  return !annotations || (await markNode(actor, read.value, annotations)).ok;
}

/** Undefined where nothing on the node is this repair's, or nothing has to change. */
function leftAs(
  node: NodeFacts,
  left: { readonly repairId: string; readonly outcome: string; readonly at: EpochMs },
): Readonly<Record<string, string | null>> | undefined {
  const { repairId: repair, outcome, at } = left;
  const mark = isolationMark(node);
  if (mark?.repair !== repair) return undefined;
  if (!isIsolatedBy(node, repair)) {
    const note = JSON.stringify({ repair, outcome: mark.outcome ?? 'taken-over', at });
    return { [marks.isolation]: null, [marks.handedOver]: note };
  }
  if (mark.outcome !== undefined) return undefined;
  return { [marks.isolation]: JSON.stringify({ ...mark, outcome }) };
}

/** The newest entry of the repair; undefined where it has none. */
async function lastEntry(
  { hub }: HandOverOptions,
  { cluster, node, repairId }: Left,
): Promise<JournalEntry | undefined | 'unreadable'> {
  const read = await readJournal(hub, { cluster, node, repairId });
  if (read.kind !== 'read') return 'unreadable';
  return read.lines.flatMap(({ line }) => asRepairEntry(line) ?? []).at(-1);
}

/** What the repair itself said of its end, though the record never heard of it. */
function closingIn({ events }: JournalEntry): Closing | undefined {
  return events.find((event) => event.kind === 'closed');
}

/** The entry that the repair itself would have written last. */
async function tell(
  { hub, clock }: HandOverOptions,
  { cluster, node, repairId }: Left,
  { written, closing }: { readonly written: JournalEntry | undefined; readonly closing: Closing },
): Promise<boolean> {
  const at = clock();
  const ending: Ending = { ...closing, node: 'keep' };
  const subject = { kind: 'node', id: repairId, cluster, node } as const;
  const entry: JournalEntry = lineOf(subject, {
    sequence: (written?.sequence ?? -1) + 1,
    at,
    command: { kind: 'close' },
    from: written?.to ?? 'awaiting-permit',
    to: 'closed',
    events: [
      { kind: 'concluded', ending, at },
      { kind: 'closed', ...closing, at },
    ],
    by: 'slipway/dispatch',
  });
  return (await publishJournal(hub, [entry])).kind === 'stored';
}
