/** What dispatch knows of one node: the newest report per check, and its episode (DESIGN 6). */
import type { Verdict } from '../fault.ts';
import type { EpochMs, Outcome, ReasonCode } from '../vocabulary.ts';

export type CheckRecord = {
  readonly verdict: Verdict;
  readonly bootId: string;
  readonly counter: number;
  /** Place in FAULTS, and the stream's time for it. */
  readonly sequence: number;
  readonly storedAt: EpochMs;
  readonly eventId: string;
  readonly source: string;
  readonly reason: string;
  readonly message: string;
  /** Since when this check has been faulty without a healthy report in between. */
  readonly faultySince?: EpochMs | undefined;
};

/** A person takes a handed-over repair up again. */
export type Continuation = {
  /** The repair that was handed over. */
  readonly repairId: string;
  readonly firstRung: number;
  readonly by: { readonly name: string; readonly reason: string };
};

export type Episode = {
  readonly repairId: string;
  readonly openedAt: EpochMs;
  readonly openingEventId: string;
  readonly check: string;
  readonly policy: string;
  readonly after?: Continuation;
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
  /** The boots this node was seen in, oldest first: a late report of an older boot is not news. */
  readonly boots: readonly string[];
  readonly checks: Readonly<Record<string, CheckRecord>>;
  /** Since when every check has been healthy. */
  readonly healthySince?: EpochMs | undefined;
  readonly episode?: Episode | undefined;
  /** When a hand-over was over because the node had been well; the mark it left on the node is history then. */
  readonly clearedAt?: EpochMs | undefined;
  /** Why the last faulty report opened no repair. */
  readonly ignored?: { readonly reason: ReasonCode; readonly since: EpochMs } | undefined;
};

export type DispatchDecision =
  | { readonly kind: 'open'; readonly check: string; readonly policy: string }
  /** The open episode's repair must exist and hear of the report. */
  | { readonly kind: 'inform'; readonly repairId: string }
  | { readonly kind: 'ignore'; readonly reason: ReasonCode; readonly lookAgainAt?: EpochMs };
