/** The words for a repair: how it stands, how it ends, and whether Slipway may act. */

/** Whether Slipway acts, or only says what it would do. */
export type Mode = 'observe' | 'act';

export const phases = [
  'awaiting-permit',
  'isolating',
  'tagging',
  'migrating',
  'repairing',
  'verifying',
  'returning',
  'closed',
] as const;
export type Phase = (typeof phases)[number];

export const outcomes = [
  'repaired',
  'recovered',
  'cancelled',
  'escalated',
  'taken-over',
  'observed',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Outcomes after which the node is a person's: automation stays away until it has been well for the soak time. */
export const handedOverOutcomes: readonly Outcome[] = ['escalated', 'taken-over', 'cancelled'];
