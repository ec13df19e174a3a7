/** What Temporal's UI and its lists show of a repair: it reads like a story. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Command, RepairState } from '../../domain/repair/types.ts';
import { searchAttributes } from '../../domain/vocabulary/temporal.ts';

export function showPhase(state: RepairState): void {
  const { phase, outcome } = state;
  upsertSearchAttributes({
    [searchAttributes.phase]: [phase],
    ...(outcome && { [searchAttributes.outcome]: [outcome] }),
  });
  setCurrentDetails(`${phase} on ${state.node}${outcome ? `: ${outcome}` : ''}`);
}

/** One line per command. */
export function summaryOf(command: Command): string {
  switch (command.kind) {
    case 'wait':
      return `wait: ${command.reason}`;
    case 'runRung':
      return `rung ${command.rung + 1}, attempt ${command.attempt}`;
    case 'conclude':
      return `end as ${command.outcome}: ${command.reason}`;
    default:
      return command.kind;
  }
}
