/** Journaling by itself: while a repair waits, and at its end. */
import type { RepairOpening, RepairState } from '../domain/repair/types.ts';
import { lasting } from './activities.ts';
import type { Pending } from './pending.ts';
import { stepOf } from './step.ts';

/** A person who asks why the repair waits must find the answer in JOURNAL, so it does not wait for the next act. */
export function recordInBackground(
  opening: RepairOpening,
  state: RepairState,
  pending: Pending,
): void {
  pending.inBackground(async () => {
    pending.recorded(await lasting.record(stepOf(opening, state, pending.entries)));
  });
}

/** A repair is over only when everything about it is recorded. */
export async function flush(
  opening: RepairOpening,
  state: RepairState,
  pending: Pending,
): Promise<void> {
  await pending.settled();
  while (pending.entries.length > 0) {
    pending.recorded(await lasting.flush(stepOf(opening, state, pending.entries)));
  }
}
