/** Undoes our isolation, and only ours; or marks the node as handed over and leaves it. */
import { isolationMark } from '../../domain/marks.ts';
import type { IsolationMark, NodeFacts } from '../../domain/node.ts';
import type { Ending } from '../../domain/repair/types.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import type { Purpose } from '../../domain/repair/freshLook.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';
import { freshLook, unread } from '../freshLook.ts';
import { unlabel } from '../labels.ts';
import type { Ports, Written } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

/**
 * What is found instead of our isolated node is refused with its reason: the repair then concludes anew. Labels come last
 * and stop nothing.
 */
export async function restore(ports: Ports, step: Step, ending: Ending): Promise<StepOutcome> {
  const outcome = await restoreNode(ports, step, ending);
  if (outcome.kind !== 'restored' || isForeign(outcome.reason)) return outcome;
  const untagged = await unlabel(ports, step);
  return untagged.length > 0 ? { ...outcome, untagged } : outcome;
}

async function restoreNode(ports: Ports, step: Step, ending: Ending): Promise<StepOutcome> {
  if (isForeign(ending.reason)) return left(ending.reason);
  if (ending.node === 'leave') return leave(ports, step);
  const look = await freshLook(ports, step, purposeOf(ending));
  if (!look.ok) return (await givenBackAlready(ports, step, ending)) ?? look.outcome;
  return ending.node === 'return'
    ? giveBack(ports, look.node)
    : keep(ports, step, look.node, ending);
}

/** The node is a person's: our mark goes, a note of the hand-over stays. */
async function leave(ports: Ports, step: Step): Promise<StepOutcome> {
  const { node: name, repairId } = step.opening;
  const read = await ports.kube.readNode(name);
  if (!read.ok) return unread(read);
  const node = read.value;
  if (node && isolationMark(node)?.repair === repairId) {
    const note = { repair: repairId, outcome: 'taken-over', at: ports.clock() };
    const annotations = { [marks.isolation]: null, [marks.handedOver]: JSON.stringify(note) };
    expectDone(await ports.kube.annotate(node, annotations));
  }
  return left('taken-over');
}

function left(reason: 'taken-over' | 'replaced' | 'deleted' | 'superseded'): StepOutcome {
  return { kind: 'restored', node: 'left', reason };
}

/** Well-ended repairs return verified nodes only; a cancel returns the node as it was found; a hold keeps no node in. */
function purposeOf({ node, outcome }: Ending): Purpose {
  if (node === 'keep') return 'keep';
  return outcome === 'repaired' || outcome === 'recovered' ? 'return' : 'undo';
}

/** An earlier try gave the node back and its answer was lost: a person's uncordon leaves our mark where it is. */
async function givenBackAlready(
  ports: Ports,
  { opening }: Step,
  ending: Ending,
): Promise<StepOutcome | undefined> {
  if (ending.node !== 'return') return undefined;
  const read = await ports.kube.readNode(opening.node);
  const node = read.ok ? read.value : undefined;
  const isServing = node?.uid === opening.nodeUid && !isolationMark(node) && !node.unschedulable;
  return isServing ? { kind: 'restored', node: 'returned' } : undefined;
}

async function giveBack(ports: Ports, node: NodeFacts): Promise<StepOutcome> {
  const foundCordoned = isolationMark(node)?.foundCordoned === true;
  const written = foundCordoned
    ? await ports.kube.annotate(node, { [marks.isolation]: null })
    : await ports.kube.uncordon(node);
  expectDone(written);
  return { kind: 'restored', node: 'returned' };
}

async function keep(
  ports: Ports,
  step: Step,
  node: NodeFacts,
  { outcome, reason }: Ending,
): Promise<StepOutcome> {
  const mark: IsolationMark = { ...markOf(step, node, ports.clock()), outcome };
  expectDone(await ports.kube.annotate(node, { [marks.isolation]: JSON.stringify(mark) }));
  return { kind: 'restored', node: 'kept', reason };
}

function markOf({ opening }: Step, node: NodeFacts, now: number): IsolationMark {
  const mark = isolationMark(node);
  return mark?.repair === opening.repairId ? mark : { repair: opening.repairId, at: now };
}

/** A conflict means that the node changed since the look: the next try looks again. */
function expectDone(written: Written): void {
  if (written.kind === 'conflict') throw new Error('the node changed meanwhile; looking again');
  if (written.kind === 'failed' || written.kind === 'lost') throw new Error(written.why);
}

/** The node is another one, or was left as it is by a run of this repair that had ended before. */
function isForeign(
  reason: ReasonCode | undefined,
): reason is 'replaced' | 'deleted' | 'superseded' {
  return reason === 'replaced' || reason === 'deleted' || reason === 'superseded';
}
