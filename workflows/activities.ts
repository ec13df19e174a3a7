/** How each activity may take its time, fail and be tried again (ADR 3). Each runs in the repair's own cluster. */
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { MoveActivities, RepairActivities } from '../activities/index.ts';
import { taskQueueOf } from './contract/index.ts';

type Repairs = ReturnType<typeof proxyActivities<RepairActivities>>;
type Moves = ReturnType<typeof proxyActivities<MoveActivities>>;

const second = 1000;
const retry = { initialInterval: second / 2, backoffCoefficient: 1.5, maximumInterval: 5 * second };

/** The quick lane: no round trip to the server in the good case. */
export const local = proxyLocalActivities<RepairActivities>({
  scheduleToCloseTimeout: 2 * second,
  retry: { maximumAttempts: 1 },
});

/** The same, when the quick lane failed: patient, on the same worker. */
export function ordinary(cluster: string): Repairs {
  return proxyActivities<RepairActivities>({
    taskQueue: taskQueueOf('repairs', cluster),
    startToCloseTimeout: 5 * second,
    scheduleToCloseTimeout: 30 * second,
    retry,
  });
}

/** A preflight reads a BMC, which may take its time; it stands in the lane of the isolations that follow it. */
export function preflighting(cluster: string): Repairs {
  return proxyActivities<RepairActivities>({
    taskQueue: taskQueueOf('repairs', cluster),
    startToCloseTimeout: 15 * second,
    scheduleToCloseTimeout: 45 * second,
    retry,
  });
}

/** For what gives back and closes: patient, and then the repair says what keeps it. */
export function patient(cluster: string): Repairs {
  return proxyActivities<RepairActivities>({
    taskQueue: taskQueueOf('repairs', cluster),
    startToCloseTimeout: 5 * second,
    scheduleToCloseTimeout: 60 * second,
    retry,
  });
}

/** The last words of a repair, tried until the journal has them. */
export function recording(cluster: string): Repairs {
  return proxyActivities<RepairActivities>({
    taskQueue: taskQueueOf('repairs', cluster),
    startToCloseTimeout: 10 * second,
    retry: { ...retry, backoffCoefficient: 2, maximumInterval: 60 * second },
  });
}

export function moves(cluster: string): Moves {
  return proxyActivities<MoveActivities>({
    taskQueue: taskQueueOf('moves', cluster),
    startToCloseTimeout: 10 * second,
    scheduleToCloseTimeout: 60 * second,
    retry,
  });
}

/** A pass of evictions: ended by its own answer, or cancelled and waited for. */
export function evicting(cluster: string): Moves {
  return proxyActivities<MoveActivities>({
    taskQueue: taskQueueOf('moves', cluster),
    startToCloseTimeout: 10 * 60 * second,
    heartbeatTimeout: 3 * second,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  });
}

/** A rung is tried once: whatever ends it early leaves its effect unknown. */
export function rungOnce(cluster: string, callTimeoutMs: number): Moves {
  return proxyActivities<MoveActivities>({
    taskQueue: taskQueueOf('moves', cluster),
    startToCloseTimeout: callTimeoutMs + 10 * second,
    heartbeatTimeout: 3 * second,
    retry: { maximumAttempts: 1 },
  });
}
