/** What a policy may say about opening a repair. */
import type { OwnCondition } from '../conditions/types.ts';

/** Nodes that Slipway leaves alone unless the policy says otherwise. */
export type TouchRules = {
  readonly controlPlane: boolean;
  readonly cordonedByOther: boolean;
  readonly disruptedByAutoscaler: boolean;
};

export type DispatchPolicy = {
  readonly name: string;
  /** A check leads to a repair only if a policy names it. */
  readonly checks: readonly string[];
  /** Conditions that only this policy knows how to read; each is one of its checks. */
  readonly conditions: readonly OwnCondition[];
  /** A check must be faulty for this long before a repair opens. */
  readonly holdDownMs: number;
  /** How long a node must stay healthy before it returns without a rung, or before a hand-over is over. */
  readonly soakMs: number;
  readonly touch: TouchRules;
};
