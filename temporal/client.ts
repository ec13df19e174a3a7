/** Speaking to workflows of any kind, by their contract. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type {
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
  WorkflowHandle,
  WorkflowStartOptions,
} from '@temporalio/client';
import { errorText } from '../std/errorText.ts';
import { searchAttributes } from '../domain/vocabulary/temporal.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { arriveSignal, stateQuery, taskQueueOf } from '../workflows/contract/index.ts';
import type { Contract } from '../workflows/contract/index.ts';
import type { Temporal } from './connection.ts';

export type RequestFailed = { readonly kind: 'failed'; readonly why: string };
type Absent = { readonly kind: 'absent' };
type Cell = { readonly cluster: string };

/** How Temporal's UI and its lists show a workflow. */
export type Shown = Pick<
  WorkflowStartOptions,
  'memo' | 'staticSummary' | 'staticDetails' | 'searchAttributes'
>;

/** `running`: the one of this place, perhaps with another input, is still under way. */
export async function start<P extends Cell, I>(
  { client, eager }: Temporal,
  contract: Contract<P, I, unknown, unknown>,
  place: P,
  { input, shown }: { readonly input: NoInfer<I>; readonly shown: Shown },
): Promise<{ readonly kind: 'started' } | { readonly kind: 'running' } | RequestFailed> {
  try {
    await client.workflow.start(contract.type, {
      ...shown,
      workflowId: contract.idOf(place),
      taskQueue: taskQueueOf(contract.lane, place.cluster),
      args: [input],
      requestEagerStart: eager,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    return { kind: 'started' };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'running' };
    return failed(error);
  }
}

/** `absent`: nobody is there to hear it. */
export function say<P, S>(
  temporal: Temporal,
  contract: Contract<P, unknown, S, unknown>,
  place: P,
  said: NoInfer<S>,
): Promise<{ readonly kind: 'said' } | Absent | RequestFailed> {
  return ask(temporal, contract.idOf(place), async (handle) => {
    await handle.signal(arriveSignal, said);
    return { kind: 'said' };
  });
}

/** The workflow's own present state; needs a live worker. */
export function query<P, S>(
  temporal: Temporal,
  contract: Contract<P, unknown, unknown, S>,
  place: P,
): Promise<{ readonly kind: 'state'; readonly state: S } | Absent | RequestFailed> {
  return ask(temporal, contract.idOf(place), async (handle) => {
    return { kind: 'state', state: await handle.query<S>(stateQuery) };
  });
}

export type WorkflowStanding = {
  readonly kind: 'found';
  readonly running: boolean;
  /** Temporal's word for how it stands: RUNNING, COMPLETED, TERMINATED, ... */
  readonly status: string;
  readonly startedAt: EpochMs;
  /** Since when its present workflow task fails each time it is tried; undefined while it does not. */
  readonly failingSince?: EpochMs;
  readonly memo: Readonly<Record<string, unknown>>;
};

/** The newest workflow of this place, whether it runs or not. */
export function describe<P>(
  temporal: Temporal,
  contract: Contract<P, unknown, unknown, unknown>,
  place: P,
): Promise<WorkflowStanding | Absent | RequestFailed> {
  return ask(temporal, contract.idOf(place), async (handle) => {
    const about = await handle.describe();
    const status = about.status.name;
    const since = failingSince(about);
    return {
      kind: 'found',
      running: status === 'RUNNING',
      status,
      startedAt: about.startTime.getTime(),
      memo: about.memo ?? {},
      ...(since !== undefined && { failingSince: since }),
    };
  });
}

/** A task that is tried for the second time may have met a worker that died; one of the third time fails by itself. */
const failingAttempts = 3;

function failingSince({ raw }: WorkflowExecutionDescription): EpochMs | undefined {
  const task = raw.pendingWorkflowTask;
  const since = task?.originalScheduledTime?.seconds;
  return since && (task?.attempt ?? 0) >= failingAttempts ? Number(since) * 1_000 : undefined;
}

/** Ends the workflow of this place where it stands; nothing of it runs any more then. */
export function terminate<P>(
  temporal: Temporal,
  contract: Contract<P, unknown, unknown, unknown>,
  place: P,
  reason: string,
): Promise<{ readonly kind: 'ended' } | Absent | RequestFailed> {
  return ask(temporal, contract.idOf(place), async (handle) => {
    await handle.terminate(reason);
    return { kind: 'ended' };
  });
}

export type RepairListing = {
  readonly cluster: string;
  readonly running?: true | undefined;
  readonly pageSize: number;
};

/** Newest first, from visibility, which may be seconds behind. Throws where it cannot be asked. */
export function list(
  { client }: Temporal,
  { type }: Pick<Contract<never, unknown, unknown, unknown>, 'type'>,
  { cluster, running, pageSize }: RepairListing,
): AsyncIterable<WorkflowExecutionInfo> {
  const all = `WorkflowType = '${type}' AND ${searchAttributes.cluster} = '${cluster}'`;
  const asked = running ? `${all} AND ExecutionStatus = 'Running'` : all;
  return client.workflow.list({ query: asked, pageSize });
}

async function ask<T>(
  { client }: Temporal,
  workflowId: string,
  asking: (handle: WorkflowHandle) => Promise<T>,
): Promise<T | Absent | RequestFailed> {
  try {
    return await asking(client.workflow.getHandle(workflowId));
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? { kind: 'absent' } : failed(error);
  }
}

export function failed(error: unknown): RequestFailed {
  return { kind: 'failed', why: errorText(error) };
}
