/** What the record remembers of ended repairs, and what that means for the next one (ADR 15). */
import type { EpochMs } from '../vocabulary/time.ts';
import type { EpisodeRecord, PastRepair, Relapse } from './types.ts';

/** How often a fault may come back before Slipway stops trying. */
export type RelapseRules = {
  /** A repair that opens within this time after a `repaired` one goes on with the next rung. */
  readonly windowMs: number;
  /** After so many repairs within `withinMs` the next fault is a person's at once. */
  readonly escalateAfter: number;
  readonly withinMs: number;
};

/** How many ended repairs are remembered, and so the highest `escalateAfter` a policy may have. */
export const pastKept = 10;

export function withPast(
  past: readonly PastRepair[] | undefined,
  repair: PastRepair,
): readonly PastRepair[] {
  return [...(past ?? []), repair].slice(-pastKept);
}

/**
 * Undefined for a fault that came back too late to count. Only repairs of the same policy do, as rungs are its own, and
 * only those that took the node out: what healed before anything was done cost nothing.
 */
export function relapseOf(
  { past = [] }: EpisodeRecord,
  policy: {
    readonly name: string;
    readonly relapse: RelapseRules;
    readonly ladder: readonly unknown[];
  },
  now: EpochMs,
): Relapse | undefined {
  const { windowMs, withinMs, escalateAfter } = policy.relapse;
  const counted = past.filter((one) => one.policy === policy.name && isCostly(one));
  const recent = counted.filter(({ closedAt }) => now - closedAt <= withinMs);
  const inVain = recent.findLast(({ outcome }) => outcome === 'repaired');
  if (!inVain) return undefined;
  const { repairId, rung } = inVain;
  const times = recent.length + 1;
  const isTooOften = recent.length >= escalateAfter;
  if (isTooOften) return { repairId, times, firstRung: 0, handOver: 'relapsed' };
  if (now - inVain.closedAt > windowMs) return undefined;
  const firstRung = rung === undefined ? 0 : rung + 1;
  if (firstRung < policy.ladder.length) return { repairId, times, firstRung };
  return { repairId, times, firstRung, handOver: 'ladder-exhausted' };
}

function isCostly({ outcome, isolated }: PastRepair): boolean {
  return outcome === 'repaired' || (outcome === 'recovered' && isolated);
}
