/** The state of a repair, the commands it can give and the events that change it (ADR 2). */
import type { Continuation, Relapse } from '../dispatch/types.ts';
import type { Evidence } from '../evidence.ts';
import type { FaultEvent } from '../fault.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { Mode, Outcome, Phase } from '../vocabulary/repair.ts';
import type {
  BlockReason,
  EscalationReason,
  ReasonCode,
  StayReason,
} from '../vocabulary/reasons.ts';
import type { RepairPolicy } from './policy.ts';

/** A report as a repair knows it. */
export type CheckReport = Evidence;

/** What opens a repair; the same for every retry of its start. */
export type RepairOpening = {
  readonly repairId: string;
  readonly cluster: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly mode: Mode;
  readonly openedAt: EpochMs;
  readonly fault: FaultEvent;
  /** Place of the opening fault in FAULTS. */
  readonly sequence: number;
  readonly policy: RepairPolicy;
  /** The code that opened it, so that a replay can say which code decided. */
  readonly codeVersion: string;
  /** Set when a person continues or reruns a handed-over repair. */
  readonly after?: Continuation;
  /** Set when the fault came back after a repair of late. */
  readonly relapse?: Relapse;
};

export type Author = { readonly name: string; readonly reason: string };

/** A pod that is still on the node. */
export type Blocker = {
  readonly pod: string;
  readonly why: BlockReason;
  /** The disruption budgets that forbid its eviction. */
  readonly budgets?: readonly string[];
  /** What the API server said. */
  readonly detail?: string;
  /** The API server asked for more time than a pass leaves anyway: not asked again before. */
  readonly retryAt?: EpochMs;
};

/** A pod that is left where it is, and reset with its node: evicted, its owner would only bring it back. */
export type Staying = {
  readonly pod: string;
  readonly why: StayReason;
  /** Its controller, as namespace/kind/name. */
  readonly owner: string;
};

/** A pod whose label could not be written or taken off; nothing waits for it. */
export type Unlabelled = { readonly pod: string; readonly why: string };

/** One try of one rung. */
export type Attempt = {
  readonly rung: number;
  readonly number: number;
  readonly startedAt: EpochMs;
  readonly bootIdBefore: string;
  readonly result: 'done' | 'rejected' | 'unknown';
  readonly code?: ReasonCode;
  readonly endedAt: EpochMs;
  readonly detail: string;
  /** Evidence must lie after this place in FAULTS. */
  readonly evidenceAfter: number;
};

/** An attempt that could not be made: nothing was sent, so it is not spent. */
export type Untried = {
  readonly since: EpochMs;
  readonly tries: number;
  readonly tryAgainAt: EpochMs;
  readonly detail: string;
};

/** How a repair ends; decided once, then carried out. */
export type Ending = {
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  /** Whether our isolation is undone, kept for a person, or left alone since it is no longer ours. */
  readonly node: 'return' | 'keep' | 'leave';
  readonly detail?: string;
  /** The repair made no progress: what cannot be carried out of this ending is left to the reconciler. */
  readonly stuck?: true;
};

export type Waiting = {
  readonly reason: WaitReason;
  readonly since: EpochMs;
  readonly until: EpochMs;
};

/** Why a repair waits: a refusal, or something it knows will come. */
export type WaitReason = ReasonCode | 'boot' | 'evidence' | 'soak';

export type RepairState = {
  readonly repairId: string;
  readonly cluster: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly mode: Mode;
  readonly phase: Phase;
  readonly openedAt: EpochMs;
  /** The boot the node is known to be in. */
  readonly bootId: string;
  readonly ready: boolean;
  /** Of each observer and check of the episode, as in the node's record. */
  readonly reports: readonly CheckReport[];
  /** The fault came back, and nothing more is to be tried. */
  readonly relapse?: Relapse | undefined;
  readonly permit: boolean;
  /** When it was last seen that the next rung can be tried at all; before that nothing is isolated. */
  readonly fitAt?: EpochMs | undefined;
  /** Why no rung can be tried, until something else changes. */
  readonly unfit?: { readonly reason: UnfitReason; readonly detail: string } | undefined;
  readonly isolated: boolean;
  /** An isolation was tried and nobody knows whether it took: a look has to tell before the repair may end. */
  readonly doubtful: boolean;
  readonly pods: {
    readonly tagged: boolean;
    readonly moved: boolean;
    readonly left: number;
    readonly blockers: readonly Blocker[];
    /** Passes in a row after which no fewer pods were left. */
    readonly passes: number;
    /** No pod whose eviction was refused is asked again before. */
    readonly askAgainAt: EpochMs;
    /** Pods with which the ladder goes on. */
    readonly staying: readonly Staying[];
    /** Owners of pods that came after the isolation and were evicted: what they bring back stays. */
    readonly latecomers: readonly string[];
  };
  readonly migratingSince?: EpochMs | undefined;
  readonly rung: number;
  /** Attempts of this rung that are spent. */
  readonly spent: number;
  /** The attempt whose effect is being awaited. */
  readonly attempt?: Attempt | undefined;
  /** Every attempt journaled so far; the first one ends the time of safe cancellation. */
  readonly attempts: number;
  readonly verifyingSince?: EpochMs | undefined;
  readonly healthySince?: EpochMs | undefined;
  /** Since when nobody can say whether the node is well. */
  readonly unknownSince?: EpochMs | undefined;
  /** When the node was last seen in its present boot for the first time. */
  readonly bootSeenAt?: EpochMs | undefined;
  /** When a fresh look last succeeded. */
  readonly lookedAt?: EpochMs | undefined;
  /** The machine could not be asked for the attempt that is due: since when, how often, and why last. */
  readonly untried?: Untried | undefined;
  readonly refused?:
    | {
        readonly reason: ReasonCode;
        readonly at: EpochMs;
        /** How often it was refused for this reason in a row. */
        readonly times: number;
        readonly lookAgainAt: EpochMs;
      }
    | undefined;
  readonly cancel?:
    | { readonly by: Author; readonly requestId: string; readonly at: EpochMs }
    | undefined;
  readonly lost?: { readonly reason: LossReason; readonly detail: string } | undefined;
  readonly waiting?: Waiting | undefined;
  readonly ending?: Ending | undefined;
  readonly restored: boolean;
  readonly released: boolean;
  /** When something last came of the work: what makes none for too long is handed over. */
  readonly progressAt: EpochMs;
  /** How many commands ended at this very moment: many of them mean a loop without waits. */
  readonly turn: { readonly at: EpochMs; readonly commands: number };
  readonly outcome?: Outcome | undefined;
};

/** The node is no longer ours to repair. */
export const lossReasons = [
  'taken-over',
  'held',
  'replaced',
  'deleted',
  'cordoned-by-other',
  'being-deleted',
  'disrupted-by-autoscaler',
  'superseded',
] as const;
export type LossReason = (typeof lossReasons)[number];

/** What a preflight may find for good. */
export type UnfitReason = Extract<EscalationReason, 'wrong-machine' | 'no-rung-possible'>;

export type Command =
  /** Reads the machine as the next rung will, and changes nothing. */
  | { readonly kind: 'preflight' }
  | { readonly kind: 'requestPermit' }
  | { readonly kind: 'isolate' }
  | { readonly kind: 'tagPods' }
  | { readonly kind: 'migrate'; readonly deadlineAt: EpochMs }
  | {
      readonly kind: 'runRung';
      readonly rung: number;
      readonly attempt: number;
      /** The policy goes on at the migration's time-out, whatever pods are left. */
      readonly leavesPods?: true;
    }
  | {
      readonly kind: 'giveUpAttempt';
      readonly reason: ReasonCode;
      readonly nextRung: number;
      readonly nextSpent: number;
    }
  | { readonly kind: 'look' }
  | { readonly kind: 'wait'; readonly reason: WaitReason; readonly until: EpochMs }
  | ({ readonly kind: 'conclude' } & Ending)
  | { readonly kind: 'restore' }
  | { readonly kind: 'releasePermit' }
  | { readonly kind: 'close' };

/** What a fresh look at the node and its newest reports found. */
export type Finding = {
  readonly bootId: string;
  readonly ready: boolean;
  /** Whether the node carries this repair's isolation. */
  readonly isolated: boolean;
  readonly reports: readonly CheckReport[];
};

type At = { readonly at: EpochMs };

/** What reaches a repair from outside, in the order it came. */
export type Arrival = At &
  (
    | { readonly kind: 'reported'; readonly report: CheckReport }
    | { readonly kind: 'cancelRequested'; readonly by: Author; readonly requestId: string }
    | { readonly kind: 'rebooted'; readonly bootId: string; readonly ready: boolean }
    | { readonly kind: 'lost'; readonly reason: LossReason; readonly detail: string }
    | { readonly kind: 'lookAgain'; readonly because: string }
    /** Something was said that no repair understands; it changes nothing. */
    | { readonly kind: 'misheard'; readonly detail: string }
  );

export const arrivalKinds = [
  'reported',
  'cancelRequested',
  'rebooted',
  'lost',
  'lookAgain',
  'misheard',
] as const satisfies readonly Arrival['kind'][];

/** What a migration has to remember of pods that stay or come back; absent means none. */
type Stayed = {
  readonly staying?: readonly Staying[];
  readonly latecomers?: readonly string[];
};

/** What came of a command. `assumed` marks what observe mode did not do. */
export type CommandOutcome = At &
  (
    | {
        readonly kind: 'permitGranted';
        readonly out: number;
        readonly limit: number;
        /** Meanwhile the next rung was found possible. */
        readonly fit?: true;
        readonly assumed?: true;
      }
    | {
        readonly kind: 'permitRefused';
        readonly reason: ReasonCode;
        readonly out: number;
        readonly limit: number;
        readonly assumed?: true;
      }
    /** The next rung can be tried. */
    | { readonly kind: 'preflightPassed' }
    /** No rung can be tried: nothing is isolated. */
    | { readonly kind: 'preflightFailed'; readonly reason: UnfitReason; readonly detail: string }
    | { readonly kind: 'isolated'; readonly assumed?: true }
    | {
        readonly kind: 'podsTagged';
        readonly pods: number;
        readonly staying?: readonly Staying[];
        readonly untagged?: readonly Unlabelled[];
        readonly assumed?: true;
      }
    | ({ readonly kind: 'podsMoved'; readonly assumed?: true } & Stayed)
    | ({
        readonly kind: 'podsLeft';
        readonly left: number;
        readonly blockers: readonly Blocker[];
      } & Stayed)
    /** Right before a rung, pods were found that nobody knew of: the rung was not tried. */
    | ({
        readonly kind: 'podsFound';
        readonly left: number;
        readonly pods: readonly string[];
      } & Stayed)
    | {
        readonly kind: 'attempted';
        readonly rung: number;
        readonly number: number;
        readonly startedAt: EpochMs;
        /** The boot the attempt was made in: the news of the next boot may overtake the attempt's own outcome. */
        readonly bootIdBefore: string;
        readonly result: 'done' | 'rejected' | 'unknown';
        readonly detail: string;
        readonly code?: ReasonCode;
        readonly evidenceAfter: number;
        readonly assumed?: true;
      }
    /** Nothing was sent that could act: the same attempt waits. */
    | {
        readonly kind: 'notTried';
        readonly rung: number;
        readonly number: number;
        readonly detail: string;
        readonly retryAfterMs?: number;
      }
    | {
        readonly kind: 'attemptSpent';
        readonly reason: ReasonCode;
        readonly nextRung: number;
        readonly nextSpent: number;
      }
    | { readonly kind: 'looked'; readonly finding: Finding }
    | { readonly kind: 'waitStarted'; readonly reason: WaitReason; readonly until: EpochMs }
    | { readonly kind: 'waited' }
    | { readonly kind: 'interrupted'; readonly command: Command['kind'] }
    | {
        readonly kind: 'refused';
        readonly reason: ReasonCode;
        readonly detail: string;
        readonly finding?: Finding;
      }
    | { readonly kind: 'failed'; readonly command: Command['kind']; readonly detail: string }
    | { readonly kind: 'concluded'; readonly ending: Ending }
    | {
        readonly kind: 'restored';
        readonly node: 'returned' | 'kept' | 'left';
        readonly reason?: ReasonCode;
        /** Pods that still carry the repair's label. */
        readonly untagged?: readonly Unlabelled[];
        readonly assumed?: true;
      }
    | { readonly kind: 'permitReleased'; readonly assumed?: true }
    | { readonly kind: 'closed'; readonly outcome: Outcome; readonly reason: ReasonCode }
  );

export type RepairEvent = Arrival | CommandOutcome;

/** An event as its maker knows it: the workflow stamps it with its own clock when it arrives. */
export type Unstamped<E> = E extends At ? Omit<E, 'at'> : never;

/** One line of the append-only record: what was decided at `at`, and what came of it. */
export type JournalEntry = {
  readonly version: 1;
  readonly repairId: string;
  readonly cluster: string;
  readonly node: string;
  /** Counted in workflow code from 0; readers keep the first of each (repairId, sequence). */
  readonly sequence: number;
  readonly at: EpochMs;
  readonly command: Command | Recorded;
  /** The phase before and after; each change of phase is one Kubernetes Event on the Node. */
  readonly from: Phase;
  readonly to: Phase;
  readonly events: readonly RepairEvent[];
  /** Who decided: `slipway`, or the person whose words the entry holds. */
  readonly by: string;
  /** The same came of the same command again and again: how often in all, and until when. Its events are the last ones. */
  readonly repeated?: { readonly times: number; readonly until: EpochMs };
  /** On the first entry alone. */
  readonly opening?: RepairOpening;
};

/** What stands in the journal without having been decided. */
export type Recorded =
  | { readonly kind: 'open' }
  /** So many entries were left out, since the journal did not answer for too long. */
  | { readonly kind: 'leftOut'; readonly entries: number }
  /** The entry itself could not be written. */
  | { readonly kind: 'unwritable' };
