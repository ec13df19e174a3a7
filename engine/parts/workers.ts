/** The two lanes: `repairs` runs workflows and the quick activities, `moves` everything that may take its time. */
import { Worker } from '@temporalio/worker';
import type { NativeConnection } from '@temporalio/worker';
import { createMoveActivities, createRepairActivities } from '../../activities/index.ts';
import type { Ports } from '../../activities/ports.ts';
import type { EngineLimits } from '../../schemas/config/engineConfig.ts';
import { taskQueueOf } from '../../workflows/contract/index.ts';
import { untilAborted } from '../../std/untilAborted.ts';
import type { Part } from '../parts.ts';
import { bundleWorkflowsApart } from '../workflowBundle.ts';

type WorkersOptions = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Shown by Temporal beside what this process did. */
  readonly identity: string;
  readonly ports: Ports;
  readonly limits: EngineLimits;
};

type Workers = {
  /** Rejects when a worker fails; resolves after `stop`. */
  readonly running: Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Cancellations must reach an activity well before the five seconds a cancel may take. */
const heartbeatThrottleMs = 1_000;
/**
 * A repair that finds a free place begins in the moment it is started; one that does not waits behind the later steps of
 * others. Measured with 200 nodes at once and Temporal's own 40 places: the last one waited for 30 s.
 */
const firstTasksAtOnce = 300;
/** Half of the polls ask for repairs that no worker knows yet: each of them may be a node that waits to be isolated. */
const newBesideKnown = 0.5;
const shutdownGraceMs = 3_000;
/** A repair whose engine died goes on in another one after this long; Temporal's own 10 s would double the gap. */
const lostWorkerMs = 5_000;

/** They have begun before the part runs: an engine is ready once its workers are. */
export function workersPart({ running, stop }: Workers): Part {
  return {
    name: 'workers',
    needsLead: false,
    run: async (signal) => {
      await Promise.race([running, untilAborted(signal)]);
      await stop();
    },
  };
}

export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { connection, namespace, identity, ports, limits } = options;
  const workflowBundle = await bundleWorkflowsApart();
  const common = {
    connection,
    namespace,
    identity,
    maxHeartbeatThrottleInterval: heartbeatThrottleMs,
    shutdownGraceTime: shutdownGraceMs,
  };
  const repairs = await Worker.create({
    ...common,
    taskQueue: taskQueueOf('repairs', ports.cluster),
    workflowBundle,
    activities: createRepairActivities(ports),
    maxCachedWorkflows: 2_000,
    stickyQueueScheduleToStartTimeout: lostWorkerMs,
    maxConcurrentWorkflowTaskPolls: 8,
    maxConcurrentWorkflowTaskExecutions: firstTasksAtOnce,
    nonStickyToStickyPollRatio: newBesideKnown,
  });
  const moves = await Worker.create({
    ...common,
    taskQueue: taskQueueOf('moves', ports.cluster),
    activities: createMoveActivities(ports),
    maxConcurrentActivityTaskExecutions: limits.movesAtOnce,
  });
  const running = Promise.all([repairs.run(), moves.run()]).then(() => undefined);
  return {
    running,
    stop: async () => {
      for (const worker of [repairs, moves]) if (worker.getState() === 'RUNNING') worker.shutdown();
      await running.catch(() => undefined);
    },
  };
}
