/** What dispatch knows of one node: the newest report of each observer about each check, and its episode (ADR 15). */
import type { Evidence } from '../evidence.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { Outcome } from '../vocabulary/repair.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';

export type CheckRecord = Evidence & {
  /** The hub's time for its place in FAULTS: to be shown, never to be compared with the engine's. */
  readonly storedAt: EpochMs;
  /** When dispatch heard it, by the engine's clock. */
  readonly heardAt: EpochMs;
  readonly eventId: string;
  readonly reason: string;
  readonly message: string;
  /** The place in FAULTS of the report that first said so in this boot. */
  readonly saidSince: number;
  /** Since when this observer has called the check faulty without calling it healthy; by the engine's clock. */
  readonly faultySince?: EpochMs | undefined;
};

/** What was last seen of a node, as far as a probe must remember it when it starts again. */
export type LastSeen = {
  readonly bootId: string;
  /** The kubelet's first confirmation of Ready in this boot; 0 where the boot began before anybody looked. */
  readonly firstReadyAt: EpochMs;
  /** When each reported condition was last confirmed in this boot, and in the boot before. */
  readonly beats: Beats;
  readonly beatsBefore: Beats;
};

/** By condition; the node's own clock. */
export type Beats = Readonly<Record<string, EpochMs>>;

/** A person takes a handed-over repair up again. */
export type Continuation = {
  /** The repair that was handed over. */
  readonly repairId: string;
  readonly firstRung: number;
  readonly by: { readonly name: string; readonly reason: string };
};

/** A repair that ended, as the next one of its node must know it. */
export type PastRepair = {
  readonly repairId: string;
  readonly check: string;
  readonly policy: string;
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  /** The last rung that was tried, if any was. */
  readonly rung?: number | undefined;
  /** Whether the node was taken out for it. */
  readonly isolated: boolean;
};

/** The node was repaired a short while ago, and the fault came back. */
export type Relapse = {
  /** The repair that was in vain. */
  readonly repairId: string;
  /** How often the node was repaired of late, this time included. */
  readonly times: number;
  readonly firstRung: number;
  /** Set where nothing more is tried: a person goes on. */
  readonly handOver?: 'relapsed' | 'ladder-exhausted';
};

export type Episode = {
  readonly repairId: string;
  readonly openedAt: EpochMs;
  readonly openingEventId: string;
  readonly check: string;
  readonly policy: string;
  readonly after?: Continuation;
  readonly relapse?: Relapse;
  /** The repair has heard of every report up to this place in FAULTS. */
  readonly toldThrough?: number;
  /** Place in the journal of the newest attempt that was begun: no other run of the same repair may make it again. */
  readonly attemptBegun?: number;
  /** Set when the repair closed; an episode without one is open. */
  readonly outcome?: Outcome;
  readonly reason?: ReasonCode;
  readonly closedAt?: EpochMs;
};

export type EpisodeRecord = {
  readonly version: 1;
  readonly cluster: string;
  readonly node: string;
  readonly nodeUid: string;
  /** Earlier nodes of this name, oldest first: a late report about one of them is not news. */
  readonly formerUids: readonly string[];
  /** Of each observer and check the newest in the present boot, and the last one to arrive from another boot. */
  readonly reports: readonly CheckRecord[];
  /** The highest place in FAULTS that this record has taken in. */
  readonly place: number;
  readonly lastSeen?: LastSeen | undefined;
  /** Numbers in DEAD that a person asks to have handled again. */
  readonly requeued?: readonly number[] | undefined;
  /** The last repairs that ended, oldest first. */
  readonly past?: readonly PastRepair[] | undefined;
  /** Since when every check has been healthy; by the engine's clock. */
  readonly healthySince?: EpochMs | undefined;
  readonly episode?: Episode | undefined;
  /** When a hand-over was over because the node had been well; the mark it left on the node is history then. */
  readonly clearedAt?: EpochMs | undefined;
  /** Why the last faulty report opened no repair. */
  readonly ignored?: { readonly reason: ReasonCode; readonly since: EpochMs } | undefined;
};

export type DispatchDecision =
  | {
      readonly kind: 'open';
      readonly check: string;
      readonly eventId: string;
      readonly policy: string;
    }
  /** The open episode's repair must exist and hear of the report. */
  | { readonly kind: 'inform'; readonly repairId: string }
  | { readonly kind: 'ignore'; readonly reason: ReasonCode; readonly lookAgainAt?: EpochMs };
