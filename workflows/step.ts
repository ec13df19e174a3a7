/** The repair as its activities are told of it. */
import type { Step } from '../activities/step.ts';
import type { JournalEntry, RepairOpening, RepairState } from '../domain/repair/types.ts';

export function stepOf(
  opening: RepairOpening,
  state: RepairState,
  pending: readonly JournalEntry[] = [],
): Step {
  const isolated = state.isolated && opening.mode === 'act';
  return { opening, bootId: state.bootId, isolated, checks: Object.keys(state.checks), pending };
}
