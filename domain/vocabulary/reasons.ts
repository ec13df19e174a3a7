/** Why something is done, is not done, or calls for a person. Codes are stable: counted, journaled and shown. */

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
