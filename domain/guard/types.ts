/** The permit ledger: who may have a node out (ADR 11). */
import type { EpochMs } from '../vocabulary/time.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import type { GuardLimits } from './policy.ts';

export type Permit = {
  readonly repairId: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly grantedAt: EpochMs;
  /** Made after a start from a mark that had no permit. */
  readonly adopted?: true;
};

export type Ledger = { readonly version: 1; readonly permits: readonly Permit[] };

export const emptyLedger: Ledger = { version: 1, permits: [] };

export type Applicant = {
  readonly repairId: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly limits: GuardLimits;
};

export type GuardAnswer =
  | {
      readonly kind: 'granted';
      readonly repairId: string;
      readonly out: number;
      readonly limit: number;
    }
  | {
      readonly kind: 'refused';
      readonly repairId: string;
      readonly reason: ReasonCode;
      readonly out: number;
      readonly limit: number;
    };
