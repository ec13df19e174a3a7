/** What a policy may say to the guard (ADR 11). */

export type GuardLimits = {
  /** Share of the cluster's nodes that may be out, rounded down; one node is always allowed, but by 0 none. */
  readonly maxUnavailablePercent: number;
  readonly maxUnavailableNodes: number;
  readonly allowControlPlane: boolean;
  /** Whether clusters of fewer than three nodes may lose one. */
  readonly allowSmallClusters: boolean;
};
