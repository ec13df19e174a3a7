/** What Temporal's UI and its lists show of a repair. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { RepairState } from '../domain/repair/types.ts';
import { searchAttributes } from '../domain/vocabulary/temporal.ts';

export function showPhase(state: RepairState): void {
  const { phase, outcome } = state;
  upsertSearchAttributes({
    [searchAttributes.phase]: [phase],
    ...(outcome && { [searchAttributes.outcome]: [outcome] }),
  });
  setCurrentDetails(`${phase} on ${state.node}${outcome ? `: ${outcome}` : ''}`);
}
