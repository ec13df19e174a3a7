/** Journaling by itself: while a repair waits, and at its end. */
import type { RepairOpening, RepairState } from '../domain/repair/types.ts';
import { local, recording } from './activities.ts';
import type { Pending } from './pending.ts';
import { stepOf } from './step.ts';

/**
 * A person who asks why the repair waits must find the answer in JOURNAL, so it does not wait for the next act. What
 * could not be recorded rides with a later one.
 */
export function recordInBackground(
  opening: RepairOpening,
  state: RepairState,
  pending: Pending,
): void {
  pending.inBackground(async () => {
    if (pending.next.length === 0) return;
    try {
      pending.recorded(await local.record(stepOf(opening, state, pending.next)));
    } catch {
      // Local activities fail only by their time-out: the hub is slow, and nothing here depends on it.
      pending.recorded(-1);
    }
  });
}

/** A repair is over only when everything about it is recorded. */
export async function flush(
  opening: RepairOpening,
  state: RepairState,
  pending: Pending,
): Promise<void> {
  await pending.settled();
  while (pending.all().length > 0) {
    const step = stepOf(opening, state, pending.next);
    try {
      pending.recorded(await local.flush(step));
    } catch {
      pending.recorded(await recording(opening.cluster).flush(step));
    }
  }
}
