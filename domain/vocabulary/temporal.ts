/** The names that Temporal knows Slipway's work by. */

export const temporalNamespace = 'slipway';
/** The two lanes; each cluster has both for itself, as `<lane>.<cluster id>`. */
export const lanes = ['repairs', 'moves'] as const;
export type Lane = (typeof lanes)[number];

/** Temporal search attributes, all of type Keyword. */
export const searchAttributes = {
  cluster: 'SlipwayCluster',
  node: 'SlipwayNode',
  check: 'SlipwayCheck',
  phase: 'SlipwayPhase',
  outcome: 'SlipwayOutcome',
} as const;
