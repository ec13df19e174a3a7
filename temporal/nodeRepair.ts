/** Starting, signalling and asking repairs. The repair id travels in the memo: workflow ids name nodes, not repairs. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { Begun } from '../domain/repair/begun.ts';
import type { RepairOpening, RepairState } from '../domain/repair/types.ts';
import type { Phase } from '../domain/vocabulary/repair.ts';
import { searchAttributes } from '../domain/vocabulary/temporal.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { carriedVersion, nodeRepairContract } from '../workflows/contract/index.ts';
import type { Carried, RepairPlace, Said } from '../workflows/contract/index.ts';
import { describe, failed, list, query, say, start, terminate } from './client.ts';
import type { RequestFailed, Shown, WorkflowStanding } from './client.ts';
import type { Temporal } from './connection.ts';

/** `running`: a repair of this node, perhaps another one, is still under way. */
export function startRepair(
  temporal: Temporal,
  opening: RepairOpening,
  begun: Begun,
): Promise<{ readonly kind: 'started' } | { readonly kind: 'running' } | RequestFailed> {
  const input = { opening, carried: carriedOf(begun) };
  const shown = shownOf(opening, begun.state.phase);
  return start(temporal, nodeRepairContract, opening, { input, shown });
}

function carriedOf({ state, book }: Begun): Carried {
  const { backlog: pending, sequence } = book;
  return { version: carriedVersion, state, inbox: [], pending, sequence };
}

function shownOf({ cluster, node, fault, repairId, policy }: RepairOpening, phase: Phase): Shown {
  return {
    memo: { repairId },
    staticSummary: `${fault.check} on ${node} (${repairId})`,
    staticDetails: `Opened by ${fault.observer}: ${fault.reason}. Policy ${policy.name}.`,
    searchAttributes: {
      [searchAttributes.cluster]: [cluster],
      [searchAttributes.node]: [node],
      [searchAttributes.check]: [fault.check],
      [searchAttributes.phase]: [phase],
    },
  };
}

/** `absent`: no repair of this node runs. */
export function sayToRepair(
  temporal: Temporal,
  place: RepairPlace,
  said: Said,
): Promise<{ readonly kind: 'said' } | { readonly kind: 'absent' } | RequestFailed> {
  return say(temporal, nodeRepairContract, place, said);
}

export type Described =
  | { readonly kind: 'absent' }
  | (Omit<WorkflowStanding, 'memo'> & { readonly repairId: string });

/** The newest repair of this node, whether it runs or not. */
export async function describeRepair(
  temporal: Temporal,
  place: RepairPlace,
): Promise<Described | RequestFailed> {
  const described = await describe(temporal, nodeRepairContract, place);
  if (described.kind !== 'found') return described;
  const { memo, ...standing } = described;
  return { ...standing, repairId: repairIdIn(memo) };
}

/** Ends the workflow of this node's repair where it stands; nothing of it runs any more then. */
export function terminateRepair(
  temporal: Temporal,
  place: RepairPlace,
  reason: string,
): Promise<{ readonly kind: 'ended' } | { readonly kind: 'absent' } | RequestFailed> {
  return terminate(temporal, nodeRepairContract, place, reason);
}

/** The repair's own present state; needs a live worker. */
export function queryState(
  temporal: Temporal,
  place: RepairPlace,
): Promise<
  | { readonly kind: 'state'; readonly state: RepairState }
  | { readonly kind: 'absent' }
  | RequestFailed
> {
  return query(temporal, nodeRepairContract, place);
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
  temporal: Temporal,
  { limit, ...of }: { readonly cluster: string; readonly running?: true; readonly limit: number },
): Promise<{ readonly kind: 'listed'; readonly repairs: readonly ListedRepair[] } | RequestFailed> {
  const pageSize = Math.min(limit, 200);
  try {
    const repairs: ListedRepair[] = [];
    for await (const about of list(temporal, nodeRepairContract, { ...of, pageSize })) {
      repairs.push(listed(about));
      if (repairs.length >= limit) break;
    }
    return { kind: 'listed', repairs };
  } catch (error) {
    return failed(error);
  }
}

/**
 * The ids of the repairs that visibility shows as running; undefined when it cannot be asked. It may be seconds behind,
 * so that it never shows that a repair has ended: whoever misses one describes it (ADR 20).
 */
export async function runningRepairs(
  temporal: Temporal,
  cluster: string,
): Promise<ReadonlySet<string> | undefined> {
  const of = { cluster, running: true, pageSize: 1_000 } as const;
  try {
    const running = new Set<string>();
    for await (const { memo } of list(temporal, nodeRepairContract, of))
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
