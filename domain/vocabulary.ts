/**
 * The words of Slipway: the same in code, marks on Kubernetes objects, metrics, docs and the command line (DESIGN 2).
 * Anything another part of the system, or a person with kubectl, could search for is spelled here and nowhere else.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

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

/** Annotations, labels and taints on Kubernetes objects. */
export const marks = {
  /** On a Node: who isolated it, `{"repair","at"}` as JSON, and `outcome` once handed over. */
  isolation: 'slipway.dev/isolation',
  /** On a Node: a person took it back, `{"repair","outcome","at"}` as JSON. */
  handedOver: 'slipway.dev/handed-over',
  /** On a Node: a person keeps it out of Slipway's hands; `{"by","reason","at"}` as JSON, or any text. */
  hold: 'slipway.dev/hold',
  /** On the kube-system Namespace: Slipway starts nothing new; `{"by","reason","at"}` as JSON, or any text. */
  pause: 'slipway.dev/pause',
  /** On a Pod (label): the repair that is about to move it. */
  repair: 'slipway.dev/repair',
} as const;

/** Field managers: managedFields then tell our writes from everybody else's (DESIGN 9). */
export const fieldManagers = {
  isolation: 'slipway-isolation',
  tag: 'slipway-tag',
  event: 'slipway-event',
} as const;

/** The namespace that holds Slipway's own Leases and Kubernetes Events about nodes. */
export const namespaces = { slipway: 'slipway', nodeEvents: 'default' } as const;

export const streams = { faults: 'FAULTS', journal: 'JOURNAL', dead: 'DEAD' } as const;
export const buckets = { episodes: 'episodes', guard: 'guard', notices: 'notices' } as const;

export const temporalNamespace = 'slipway';
/** The two lanes; each cluster has both for itself, as `<lane>.<cluster id>` (DESIGN 7). */
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

/** Labels and taints of other actors that say "leave this node alone". */
export const foreignMarks = {
  controlPlane: ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'],
  /** An autoscaler has decided to remove the node. */
  disruptionTaints: [
    'ToBeDeletedByClusterAutoscaler',
    'karpenter.sh/disrupted',
    'karpenter.sh/disruption',
  ],
  /** Annotations by which the owner of a pod forbids to move it, each with the value that does. */
  protectedPods: {
    'karpenter.sh/do-not-disrupt': 'true',
    'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  },
  /** What a cordon puts on a node. */
  cordonTaint: { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
  /** The value of such a taint, and the effect of any, while the autoscaler only considers it. */
  disruptionCandidate: { value: 'candidate', effect: 'PreferNoSchedule' },
} as const;

/** Why a repair calls a person; each has a page in docs/runbooks. */
export const escalationReasons = [
  'ladder-exhausted',
  'relapsed',
  'migration-timed-out',
  'verification-timed-out',
  'wrong-machine',
  'bmc-unavailable',
  'no-rung-possible',
  'cancelled-mid-repair',
  'held-mid-repair',
  'terminated-outside',
  'stuck',
] as const;
export type EscalationReason = (typeof escalationReasons)[number];

/** Why a pod is still on its node, the ones first that nothing but a person will change. */
export const blockReasons = [
  'no-controller',
  'do-not-disrupt',
  'local-data',
  'refused-by-admission',
  'not-evictable',
  'eviction-forbidden',
  'blocked-by-budget',
  'eviction-unanswered',
  'terminating',
] as const;
/** Why a pod that stays does not keep the ladder from going on. */
export type StayReason = 'tolerates' | 'came-back';
export type BlockReason = (typeof blockReasons)[number];

/** The headers by which the receiver of a ticket knows the sender, the time and a repeated delivery. */
export const ticketHeaders = {
  signature: 'slipway-signature',
  timestamp: 'slipway-timestamp',
  delivery: 'slipway-delivery',
} as const;

/** What calls for a person although no repair does; each has a page in docs/runbooks. */
export const alerts = ['notice-not-delivered'] as const;

/** Why Slipway does not do something. Stable: counted, journaled and shown by the command line. */
export const reasonCodes = [
  // What a fresh look found.
  'healed',
  'rebooted',
  'replaced',
  'deleted',
  'taken-over',
  'held',
  'paused',
  'permit-lost',
  'superseded',
  'journal-unavailable',
  // Which neighbour gave no answer.
  'node-unreadable',
  'pods-unreadable',
  'pause-unreadable',
  'hub-unreadable',
  'step-failed',
  // What became of a cordon that was asked for.
  'cordon-refused',
  'cordon-unconfirmed',
  // Why pods are still on the node.
  'kept-by-policy',
  'refused-by-admission',
  'not-evictable',
  'eviction-forbidden',
  'budget-blocks',
  'eviction-unanswered',
  'pods-terminating',
  'unknown-health',
  // Why a report opens no repair.
  'not-newer',
  'too-many-checks',
  'no-policy',
  'not-faulty',
  'holding-down',
  'already-open',
  'handed-over',
  'node-unknown',
  'wrong-node-uid',
  // Why a node is not touched.
  'cordoned-by-other',
  'control-plane',
  'being-deleted',
  'disrupted-by-autoscaler',
  // What the guard says.
  'budget-full',
  'cluster-too-small',
  'nodes-unreadable',
  'ledger-unreadable',
  // Why a repair ended as it did.
  ...escalationReasons,
  'cancel-requested',
  'still-faulty',
  'boot-window-over',
  'rejected-by-driver',
  'unknown-after-boot-window',
  'observe-mode',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];
