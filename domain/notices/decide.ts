/** Which end of a repair calls a person. */
import type { RepairEvent } from '../repair/types.ts';
import type { Outcome, ReasonCode } from '../vocabulary.ts';

export type Closed = Extract<RepairEvent, { readonly kind: 'closed' }>;

const nobodysBusiness: readonly Outcome[] = ['repaired', 'recovered', 'observed'];
/** The machine is gone, or whoever removes it is at it: nothing is left to hand over. */
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
