/** Starting, signalling and asking repairs. The repair id travels in the memo: workflow ids name nodes, not repairs. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { errorText } from '../std/errorText.ts';
import type { RepairOpening, RepairState } from '../domain/repair/types.ts';
import { searchAttributes } from '../domain/vocabulary/temporal.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import {
  arriveSignal,
  nodeRepairType,
  stateQuery,
  taskQueueOf,
  workflowIdOf,
} from '../workflows/contract/index.ts';
import type { NodeRepairInput, Said } from '../workflows/contract/index.ts';
import type { Temporal } from './connection.ts';

type RepairPlace = { readonly cluster: string; readonly node: string };
type RequestFailed = { readonly kind: 'failed'; readonly why: string };

/** `running`: a repair of this node, perhaps another one, is still under way. */
export async function startRepair(
  { client, eager }: Temporal,
  opening: RepairOpening,
): Promise<{ readonly kind: 'started' } | { readonly kind: 'running' } | RequestFailed> {
  const { cluster, node, fault, repairId, policy } = opening;
  const input: NodeRepairInput = { opening };
  try {
    await client.workflow.start(nodeRepairType, {
      workflowId: workflowIdOf(cluster, node),
      taskQueue: taskQueueOf('repairs', cluster),
      args: [input],
      requestEagerStart: eager,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { repairId },
      staticSummary: `${fault.check} on ${node} (${repairId})`,
      staticDetails: `Opened by ${fault.observer}: ${fault.reason}. Policy ${policy.name}.`,
      searchAttributes: {
        [searchAttributes.cluster]: [cluster],
        [searchAttributes.node]: [node],
        [searchAttributes.check]: [fault.check],
        [searchAttributes.phase]: ['awaiting-permit'],
      },
    });
    return { kind: 'started' };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'running' };
    return failed(error);
  }
}

/** `absent`: no repair of this node runs. */
export async function say(
  { client }: Temporal,
  { cluster, node }: RepairPlace,
  said: Said,
): Promise<{ readonly kind: 'said' } | { readonly kind: 'absent' } | RequestFailed> {
  try {
    await client.workflow.getHandle(workflowIdOf(cluster, node)).signal(arriveSignal, said);
    return { kind: 'said' };
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? { kind: 'absent' } : failed(error);
  }
}

export type Described =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'found';
      readonly repairId: string;
      readonly running: boolean;
      /** Temporal's word for how it stands: RUNNING, COMPLETED, TERMINATED, ... */
      readonly status: string;
      readonly startedAt: EpochMs;
      /** Since when its present workflow task fails each time it is tried; undefined while it does not. */
      readonly failingSince?: EpochMs;
    };

/** The newest repair of this node, whether it runs or not. */
export async function describeRepair(
  { client }: Temporal,
  { cluster, node }: RepairPlace,
): Promise<Described | RequestFailed> {
  try {
    const about = await client.workflow.getHandle(workflowIdOf(cluster, node)).describe();
    const status = about.status.name;
    const repairId = repairIdIn(about.memo);
    const startedAt = about.startTime.getTime();
    const running = status === 'RUNNING';
    const failing = failingSince(about);
    const found = { kind: 'found', repairId, running, status, startedAt } as const;
    return failing === undefined ? found : { ...found, failingSince: failing };
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? { kind: 'absent' } : failed(error);
  }
}

/** From which try on a workflow task counts as failing: a second one may follow the death of a worker. */
const failingAttempts = 3;

function failingSince({ raw }: WorkflowExecutionDescription): EpochMs | undefined {
  const task = raw.pendingWorkflowTask;
  const since = task?.originalScheduledTime?.seconds;
  return since && (task?.attempt ?? 0) >= failingAttempts ? Number(since) * 1_000 : undefined;
}

/** Ends the workflow of this node's repair where it stands; nothing of it runs any more then. */
export async function terminateRepair(
  { client }: Temporal,
  { cluster, node }: RepairPlace,
  reason: string,
): Promise<{ readonly kind: 'ended' } | { readonly kind: 'absent' } | RequestFailed> {
  try {
    await client.workflow.getHandle(workflowIdOf(cluster, node)).terminate(reason);
    return { kind: 'ended' };
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? { kind: 'absent' } : failed(error);
  }
}

/** The repair's own present state; needs a live worker. */
export async function queryState(
  { client }: Temporal,
  { cluster, node }: RepairPlace,
): Promise<
  | { readonly kind: 'state'; readonly state: RepairState }
  | { readonly kind: 'absent' }
  | RequestFailed
> {
  try {
    const handle = client.workflow.getHandle(workflowIdOf(cluster, node));
    return { kind: 'state', state: await handle.query<RepairState>(stateQuery) };
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? { kind: 'absent' } : failed(error);
  }
}

export type ListedRepair = {
  readonly repairId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
  readonly node: string;
  readonly check: string;
  readonly phase: string;
  readonly outcome?: string;
  readonly startedAt: EpochMs;
  readonly closedAt?: EpochMs;
};

/** Newest first, from visibility: good for screens, never for decisions. */
export async function listRepairs(
  { client }: Temporal,
  of: { readonly cluster: string; readonly running?: true; readonly limit: number },
): Promise<{ readonly kind: 'listed'; readonly repairs: readonly ListedRepair[] } | RequestFailed> {
  const query = of.running ? runningIn(of.cluster) : repairsOf(of.cluster);
  try {
    const repairs: ListedRepair[] = [];
    for await (const about of client.workflow.list({ query, pageSize: Math.min(of.limit, 200) })) {
      repairs.push(listed(about));
      if (repairs.length >= of.limit) break;
    }
    return { kind: 'listed', repairs };
  } catch (error) {
    return failed(error);
  }
}

function repairsOf(cluster: string): string {
  return `WorkflowType = '${nodeRepairType}' AND ${searchAttributes.cluster} = '${cluster}'`;
}

function runningIn(cluster: string): string {
  return `${repairsOf(cluster)} AND ExecutionStatus = 'Running'`;
}

/**
 * The ids of the repairs that visibility shows as running; undefined when it cannot be asked. It may be seconds behind,
 * so that it never shows that a repair has ended: whoever misses one describes it (ADR 20).
 */
export async function runningRepairs(
  { client }: Temporal,
  cluster: string,
): Promise<ReadonlySet<string> | undefined> {
  try {
    const running = new Set<string>();
    for await (const { memo } of client.workflow.list({
      query: runningIn(cluster),
      pageSize: 1_000,
    }))
      running.add(repairIdIn(memo));
    return running;
  } catch {
    return undefined;
  }
}

function listed(about: WorkflowExecutionInfo): ListedRepair {
  const word = (name: string): string => String(about.searchAttributes[name]?.[0] ?? '');
  const outcome = word(searchAttributes.outcome);
  return {
    repairId: repairIdIn(about.memo),
    workflowId: about.workflowId,
    runId: about.runId,
    status: about.status.name,
    node: word(searchAttributes.node),
    check: word(searchAttributes.check),
    phase: word(searchAttributes.phase),
    startedAt: about.startTime.getTime(),
    ...(outcome && { outcome }),
    ...(about.closeTime && { closedAt: about.closeTime.getTime() }),
  };
}

function repairIdIn(memo: Record<string, unknown> | undefined): string {
  const repairId = memo?.['repairId'];
  return typeof repairId === 'string' ? repairId : '';
}

function failed(error: unknown): RequestFailed {
  return { kind: 'failed', why: errorText(error) };
}
