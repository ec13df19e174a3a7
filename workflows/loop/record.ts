/** Journaling by itself: while a workflow waits, and at its end. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { RepairActivities } from '../../activities/index.ts';
import { taskQueueOf } from '../contract/shared.ts';
import { localOptions, untilDone } from './plans.ts';
import type { Teller } from './plans.ts';

const local = proxyLocalActivities<RepairActivities>(localOptions);

/**
 * A person who asks why the work waits must find the answer in JOURNAL, so it does not wait for the next act. What
 * could not be recorded rides with a later one.
 */
export function recordInBackground({ pending, step }: Teller): void {
  pending.inBackground(async () => {
    if (pending.next.length === 0) return;
    try {
      pending.recorded(await local.record(step(pending.next)));
    } catch {
      // Local activities fail only by their time-out: the hub is slow, and nothing here depends on it.
      pending.recorded(-1);
    }
  });
}

/** A workflow is over only when everything about it is recorded. */
export async function flush({ cluster, pending, step }: Teller): Promise<void> {
  await pending.settled();
  const taskQueue = taskQueueOf('repairs', cluster);
  const patient = proxyActivities<RepairActivities>({ ...untilDone(10).options, taskQueue });
  while (pending.all().length > 0) {
    const told = step(pending.next);
    try {
      pending.recorded(await local.flush(told));
    } catch {
      pending.recorded(await patient.flush(told));
    }
  }
}
