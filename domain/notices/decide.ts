/** Which end of a repair calls a person. */
import type { JournalEntry, RepairEvent } from '../repair/types.ts';
import type { Outcome } from '../vocabulary/repair.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';

export type Closed = Extract<RepairEvent, { readonly kind: 'closed' }>;

/**
 * How the repair ended, if this entry ended it. An end that could not be journaled whole is the one that was decided.
 * `unknown`: it ended, and nothing tells how.
 */
export function endIn(
  closing: Pick<JournalEntry, 'to' | 'events' | 'at'>,
  earlier: readonly RepairEvent[],
): Closed | 'unknown' | undefined {
  const said = closing.events.find((event) => event.kind === 'closed');
  if (said || closing.to !== 'closed') return said;
  const decided = earlier.findLast((event) => event.kind === 'concluded');
  if (!decided) return 'unknown';
  const { outcome, reason } = decided.ending;
  return { kind: 'closed', outcome, reason, at: closing.at };
}

const nobodysBusiness: readonly Outcome[] = ['repaired', 'recovered', 'observed'];
/** The machine is gone or being removed: nothing is left to hand over. */
const nothingLeft: readonly ReasonCode[] = [
  'replaced',
  'deleted',
  'being-deleted',
  'disrupted-by-autoscaler',
];

/**
 * Every hand-over does, but for two: that of a node which is gone, and a cancel that gave the node back, as the person
 * who asked for it has the answer. An outcome that this version does not know is a hand-over.
 */
export function callsPerson({ outcome, reason }: Closed, isIsolated: boolean): boolean {
  if (nobodysBusiness.includes(outcome)) return false;
  if (outcome === 'escalated' || isIsolated) return true;
  return !nothingLeft.includes(reason) && reason !== 'cancel-requested';
}
