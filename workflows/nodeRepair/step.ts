/** The repair as its activities are told of it. */
import { checksOf } from '../../domain/evidence.ts';
import type { Step } from '../../activities/step.ts';
import { lastRung } from '../../domain/repair/rungs.ts';
import type { JournalEntry, RepairOpening, RepairState } from '../../domain/repair/types.ts';

export function stepOf(
  opening: RepairOpening,
  state: RepairState,
  pending: readonly JournalEntry[] = [],
): Step {
  return {
    opening,
    bootId: state.bootId,
    isolated: state.isolated && opening.mode === 'act',
    rung: state.rung,
    checks: checksOf(state.reports),
    triedRung: lastRung(state),
    pods: state.pods,
    pending,
  };
}
