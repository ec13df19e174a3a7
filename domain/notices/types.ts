/** What a person is handed with a node: everything they need, and the same text however often it is made (ADR 13). */
import type { FaultEvent } from '../fault.ts';
import type { Author, RepairState } from '../repair/types.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { Outcome } from '../vocabulary/repair.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';

/** One attempt of a rung and what came of it. */
export type TicketAttempt = {
  /** The rung's name, or its place where the policy is not known. */
  readonly rung: string;
  readonly driver?: string;
  readonly action?: string;
  readonly number: number;
  readonly at: EpochMs;
  /** `no answer`: the journal holds its beginning and nothing after it; it may have been carried out. */
  readonly result: string;
  readonly detail: string;
  readonly code?: ReasonCode;
  /** Why it did not count as a success, where the repair went on from it. */
  readonly givenUp?: ReasonCode;
};

export type Ticket = {
  readonly version: 1;
  /** Stable: a second delivery of the same hand-over has the same. */
  readonly delivery: string;
  readonly repairId: string;
  readonly cluster: string;
  readonly node: string;
  readonly nodeUid?: string;
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  readonly detail?: string;
  /** One sentence. */
  readonly summary: string;
  readonly openedAt?: EpochMs;
  readonly endedAt: EpochMs;
  readonly policy?: string;
  /** The report that opened the repair. */
  readonly fault?: FaultEvent;
  /** The newest ones. */
  readonly attempts: readonly TicketAttempt[];
  /** How many came before those. */
  readonly earlierAttempts: number;
  /** Pods that had not moved when it was last tried, and what held them. */
  readonly pods?: Pick<RepairState['pods'], 'left' | 'blockers'>;
  /** What people said to the repair. */
  readonly said: readonly Author[];
  readonly stands: { readonly isolated: boolean; readonly text: string };
  /** Commands that work, in the order in which to use them. */
  readonly next: readonly string[];
};
