/** How long a repair may go on without progress before a person has to look: every wait ends (ADR 16). */
import type { EpochMs } from '../vocabulary/time.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import type { RepairState } from './types.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** More commands than the longest way from opening to close has: at one moment they are a defect, never work. */
export const mostCommandsAtOnce = 50;

export function isStuck(state: RepairState, now: EpochMs): boolean {
  return now >= stuckAt(state) || state.turn.commands >= mostCommandsAtOnce;
}

/** For what neighbours and people usually mend within a day. */
const usualPatienceMs = day;

/** Other reasons than the usual one to wait longer, or not so long. */
const patienceMs: Partial<Record<ReasonCode, number>> = {
  // A change freeze may take weeks, and a person may end it at any time.
  paused: 30 * day,
  'budget-full': 7 * day,
  // What the API server or the guard refuses for good changes only by a person.
  'cordon-refused': hour,
  'cluster-too-small': hour,
  'control-plane': hour,
};

/** When a repair that makes no progress until then is stuck. */
export function stuckAt({ refused, progressAt }: RepairState): EpochMs {
  return progressAt + ((refused && patienceMs[refused.reason]) ?? usualPatienceMs);
}

/** Why it is stuck, for a person. */
export function stuckDetail({ refused, turn, phase }: RepairState): string {
  if (turn.commands >= mostCommandsAtOnce)
    return `${turn.commands} commands ended at one moment in phase ${phase}`;
  return `no progress in phase ${phase}${refused ? `: ${refused.reason}, ${refused.times} times` : ''}`;
}
