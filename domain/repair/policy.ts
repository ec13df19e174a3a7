/** What a policy may say about a repair. Resolved once, it travels in the workflow's input and never changes under it. */
import type { DispatchPolicy } from '../dispatch/policy.ts';
import type { RelapseRules } from '../dispatch/relapse.ts';
import type { GuardLimits } from '../guard/policy.ts';

export const onTimeouts = ['by-kubelet', 'escalate', 'continue'] as const;

export type MigrationRules = {
  readonly timeoutMs: number;
  /**
   * What follows when pods are still left at the time-out: a person, or the ladder all the same. `by-kubelet` goes on
   * where the kubelet is dead, since its pods can never confirm that they stopped, and calls a person where it lives.
   */
  readonly onTimeout: (typeof onTimeouts)[number];
  /** Pods without a controller, which nobody would replace; absent means `refuse`. */
  readonly barePods?: 'refuse' | 'evict';
  /** Marks of autoscalers on pods that must not be moved; absent means `respect`. */
  readonly doNotDisrupt?: 'respect' | 'ignore';
  /** Pods that keep data on the node; absent means `evict`, as moving a pod always costs that. */
  readonly localData?: 'evict' | 'refuse';
};

export type VerificationRules = {
  /** How long the node may take to show evidence of health on its new boot. */
  readonly timeoutMs: number;
  /** How long it must stay healthy before it returns. */
  readonly soakMs: number;
};

/**
 * What shows that an attempt took effect, whatever its call answered: a new boot ID, the checks healthy after it, a
 * condition on an object, or a person's word.
 */
export const proofs = ['boot', 'report', 'resource', 'person'] as const;
export type Proof = (typeof proofs)[number];

/** One step of the ladder. */
export type Rung = {
  readonly name: string;
  /** Both by the drivers' catalogue. */
  readonly driver: string;
  readonly action: string;
  /** The action's proof by the catalogue; absent in policies that were resolved before it was said: `boot`. */
  readonly proof?: Proof | undefined;
  readonly attempts: number;
  /** From the journaled start of the attempt; past it nothing is sent. */
  readonly callTimeoutMs: number;
  /** How long an attempt may wait until it can be made at all, when its machine cannot be asked. */
  readonly tryWindowMs: number;
  /** How long a machine may take to come back with a new boot ID. */
  readonly bootWindowMs: number;
  readonly verification: VerificationRules;
};

export type RepairPolicy = DispatchPolicy & {
  readonly guard: GuardLimits;
  readonly migration: MigrationRules;
  readonly relapse: RelapseRules;
  readonly ladder: readonly Rung[];
};

const second = 1000;
const minute = 60 * second;

/** Applied where a policy is silent. ADR 11 is the source of the guard's numbers. */
export const policyDefaults = {
  holdDownMs: 60 * second,
  readyHoldDownMs: 10 * minute,
  soakMs: 2 * minute,
  guard: {
    maxUnavailablePercent: 10,
    maxUnavailableNodes: 10,
    allowControlPlane: false,
    allowSmallClusters: false,
  },
  touch: { controlPlane: false, cordonedByOther: false, disruptedByAutoscaler: false },
  migration: {
    timeoutMs: 60 * minute,
    onTimeout: 'by-kubelet',
    barePods: 'refuse',
    doNotDisrupt: 'respect',
    localData: 'evict',
  },
  relapse: { windowMs: 30 * minute, escalateAfter: 3, withinMs: 24 * 60 * minute },
  rung: {
    attempts: 1,
    callTimeoutMs: 30 * second,
    tryWindowMs: 10 * minute,
    bootWindowMs: 15 * minute,
    verification: { timeoutMs: 10 * minute, soakMs: 2 * minute },
  },
} as const;
