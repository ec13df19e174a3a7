/** What a repair driver is asked and what it may answer. */
import type { FaultEvent } from '../domain/fault.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { Rung } from '../domain/repair/policy.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { ReasonCode } from '../domain/vocabulary/reasons.ts';
import type { DriverName } from './catalogue.ts';

export type RungRequest = {
  readonly repairId: string;
  readonly cluster: string;
  readonly attempt: number;
  readonly rung: Rung;
  readonly node: NodeFacts;
  /** Other nodes that carry this node's system UUID. */
  readonly sharers: readonly string[];
  readonly fault: FaultEvent;
  /** Nothing may be sent at or after this moment, whatever happened in between. */
  readonly deadlineAt: EpochMs;
};

/**
 * `rejected`: the machine said no, and will again. `not-tried`: nothing was sent that could act, and it may work later.
 * `unknown`: it may have happened; never sent again blindly.
 */
export type RungResult =
  | {
      readonly result: 'done' | 'rejected' | 'unknown';
      /** A sentence for a person. */
      readonly detail: string;
      readonly code?: ReasonCode;
    }
  | NotTried;

export type NotTried = {
  readonly result: 'not-tried';
  readonly detail: string;
  /** How long the machine asked to be left alone. */
  readonly retryAfterMs?: number;
};

export type Fitness =
  | { readonly result: 'ready' }
  | {
      readonly result: 'rejected';
      readonly detail: string;
      readonly code?: ReasonCode;
      /** Another rung of the same machine may do better. */
      readonly thisRungOnly?: true;
    }
  | NotTried;

export type Driver = {
  readonly name: DriverName;
  /**
   * Whether `run` could be tried now: looks at everything it looks at, and sends nothing that could act; `asIs` looks at
   * what is known here alone and calls nobody. Never throws.
   */
  readonly preflight: (
    request: RungRequest,
    how: { readonly signal: AbortSignal; readonly asIs: boolean },
  ) => Promise<Fitness>;
  /** Never throws; an aborted signal after sending means `unknown`. */
  readonly run: (request: RungRequest, signal: AbortSignal) => Promise<RungResult>;
};
