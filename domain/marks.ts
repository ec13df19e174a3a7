/** Reading our own marks on a node. A mark that cannot be read still counts as a mark: it is never "not ours". */
import type { IsolationMark, NodeFacts } from './node.ts';
import { fieldManagers, foreignMarks, marks } from './vocabulary/marks.ts';

const unreadable: IsolationMark = { repair: 'unreadable', at: 0 };

/** Ours = our mark for this repair, still unschedulable, and the field still owned by us (ADR 8). */
export function isIsolatedBy(node: NodeFacts, repairId: string): boolean {
  const mark = isolationMark(node);
  if (mark?.repair !== repairId || !node.unschedulable) return false;
  return mark.foundCordoned === true || node.unschedulableOwner === fieldManagers.isolation;
}

export function isHeld(node: NodeFacts): boolean {
  return node.marks[marks.hold] !== undefined;
}

/** Whether an autoscaler is about to remove the node; a mere candidate may stay for ever. */
export function isBeingDisrupted({ taints }: NodeFacts): boolean {
  const { disruptionTaints, disruptionCandidate: candidate } = foreignMarks;
  return taints.some(
    ({ key, value, effect }) =>
      disruptionTaints.some((known) => known === key) &&
      value !== candidate.value &&
      effect !== candidate.effect,
  );
}

export function isHandedOver(node: NodeFacts): boolean {
  return node.marks[marks.handedOver] !== undefined || isolationMark(node)?.outcome !== undefined;
}

export function isolationMark(node: NodeFacts): IsolationMark | undefined {
  const text = node.marks[marks.isolation];
  return text === undefined ? undefined : parseMark(text);
}

function parseMark(text: string): IsolationMark {
  try {
    const value: unknown = JSON.parse(text);
    return isMark(value) ? value : unreadable;
  } catch {
    return unreadable;
  }
}

function isMark(value: unknown): value is IsolationMark {
  return (
    typeof value === 'object' &&
    value !== null &&
    'repair' in value &&
    typeof value.repair === 'string'
  );
}
