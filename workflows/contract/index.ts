/** What others may know of a repair's workflow: its names, its input, and how to speak to it. */
import type { Backlog } from '../../domain/repair/entries.ts';
import type {
  Arrival,
  RepairEvent,
  RepairOpening,
  RepairState,
  Unstamped,
} from '../../domain/repair/types.ts';
import type { Outcome } from '../../domain/vocabulary/repair.ts';
import type { Lane } from '../../domain/vocabulary/temporal.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';

export const nodeRepairType = 'nodeRepair';

/** At most one repair runs per node, by Temporal's own rule on workflow ids. */
export function workflowIdOf(cluster: string, node: string): string {
  return `repair/${cluster}/${node}`;
}

/** Clusters may share a Temporal namespace: the task queues keep each cluster's work in its own engines. */
export function taskQueueOf(lane: Lane, cluster: string): string {
  return `${lane}.${cluster}`;
}

/** Every signal names the repair it is meant for: another one on the same node ignores it. */
export type Said = { readonly repairId: string; readonly arrival: Unstamped<Arrival> };

export const arriveSignal = 'arrive';
/** Answers with the repair's present state. */
export const stateQuery = 'state';

/** What is carried may come from another build: later minor versions count up behind the point, and only add. */
export const carriedVersion = 1;

export function isUnderstood(version: number): boolean {
  return Math.floor(version) === carriedVersion;
}

/** `carried` is set by the workflow itself when it continues as new. */
export type NodeRepairInput = {
  readonly opening: RepairOpening;
  readonly carried?: {
    readonly version: number;
    readonly state: RepairState;
    readonly inbox: readonly RepairEvent[];
    readonly pending: Backlog;
    readonly sequence: number;
  };
};

export type NodeRepairResult = { readonly outcome: Outcome; readonly reason: ReasonCode };
