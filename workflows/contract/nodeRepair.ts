/** What others may know of a repair's workflow: its id, its input, and what it can be told. */
import type { Backlog } from '../../domain/repair/entries.ts';
import type {
  Arrival,
  RepairEvent,
  RepairOpening,
  RepairState,
  Unstamped,
} from '../../domain/repair/types.ts';
import type { Outcome } from '../../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';
import type { Contract } from './shared.ts';

export type RepairPlace = { readonly cluster: string; readonly node: string };

export const nodeRepairContract: Contract<RepairPlace, NodeRepairInput, Said, RepairState> = {
  type: 'nodeRepair',
  lane: 'repairs',
  idOf: ({ cluster, node }) => workflowIdOf(cluster, node),
};

export function workflowIdOf(cluster: string, node: string): string {
  return `repair/${cluster}/${node}`;
}

/** Every signal names the repair it is meant for: another one on the same node ignores it. */
export type Said = { readonly repairId: string; readonly arrival: Unstamped<Arrival> };

/** `carried`: what was done before this run, by the run that continued as new or where the fault was heard (ADR 21). */
export type NodeRepairInput = { readonly opening: RepairOpening; readonly carried?: Carried };

export type Carried = {
  readonly version: number;
  readonly state: RepairState;
  readonly inbox: readonly RepairEvent[];
  readonly pending: Backlog;
  readonly sequence: number;
};

export type NodeRepairResult = { readonly outcome: Outcome; readonly reason: ReasonCode };
