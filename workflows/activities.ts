/** How each activity may take its time, fail and be tried again (DESIGN 7, two lanes). */
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { MoveActivities, RepairActivities } from '../activities/index.ts';
import { taskQueues } from '../domain/vocabulary.ts';

const second = 1000;
const retry = { initialInterval: second / 2, backoffCoefficient: 1.5, maximumInterval: 5 * second };

/** The quick lane: no round trip to the server in the good case. */
export const local = proxyLocalActivities<RepairActivities>({
  scheduleToCloseTimeout: 2 * second,
  retry: { maximumAttempts: 1 },
});

/** The same, when the quick lane failed: patient, on the same worker. */
export const ordinary = proxyActivities<RepairActivities>({
  taskQueue: taskQueues.repairs,
  startToCloseTimeout: 5 * second,
  scheduleToCloseTimeout: 30 * second,
  retry,
});

/** For the end of a repair, which is tried until it is done. */
export const patient = proxyActivities<RepairActivities>({
  taskQueue: taskQueues.repairs,
  startToCloseTimeout: 5 * second,
  retry,
});

export const moves = proxyActivities<MoveActivities>({
  taskQueue: taskQueues.moves,
  startToCloseTimeout: 10 * second,
  scheduleToCloseTimeout: 5 * 60 * second,
  retry,
});

/** Undoing and journaling never give up. */
export const lasting = proxyActivities<MoveActivities>({
  taskQueue: taskQueues.moves,
  startToCloseTimeout: 15 * second,
  retry,
});

/** A pass of evictions: ended by its own answer, or cancelled and waited for. */
export const evicting = proxyActivities<MoveActivities>({
  taskQueue: taskQueues.moves,
  startToCloseTimeout: 10 * 60 * second,
  heartbeatTimeout: 3 * second,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
});

/** A rung is tried once: whatever ends it early leaves its effect unknown. */
export function rungOnce(
  callTimeoutMs: number,
): ReturnType<typeof proxyActivities<MoveActivities>> {
  return proxyActivities<MoveActivities>({
    taskQueue: taskQueues.moves,
    startToCloseTimeout: callTimeoutMs + 10 * second,
    heartbeatTimeout: 3 * second,
    retry: { maximumAttempts: 1 },
  });
}
