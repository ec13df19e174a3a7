/** Whether a repair makes progress, and how many of its commands end at one moment: what `patience.ts` judges by. */
import type { EpochMs } from '../vocabulary/time.ts';
import { arrivalKinds } from './types.ts';
import type { RepairEvent, RepairState } from './types.ts';

/** Notes progress, and how many commands have ended at this moment. */
export function measured(before: RepairState, after: RepairState, event: RepairEvent): RepairState {
  const progressAt = hasProgressed(before, after) ? event.at : after.progressAt;
  return {
    ...after,
    progressAt,
    turn: isArrival(event) ? after.turn : turned(before.turn, event.at),
  };
}

function hasProgressed(before: RepairState, after: RepairState): boolean {
  return (
    before.phase !== after.phase ||
    before.pods.left > after.pods.left ||
    before.attempts !== after.attempts ||
    before.lookedAt !== after.lookedAt ||
    before.restored !== after.restored ||
    before.released !== after.released ||
    before.ending !== after.ending
  );
}

function turned({ at, commands }: RepairState['turn'], now: EpochMs): RepairState['turn'] {
  return at === now ? { at, commands: commands + 1 } : { at: now, commands: 1 };
}

function isArrival({ kind }: RepairEvent): boolean {
  return arrivalKinds.some((arrival) => arrival === kind);
}
