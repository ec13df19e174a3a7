/** A repair as its activities are told of it. */
import { checksOf } from '../evidence.ts';
import { lastRung } from './rungs.ts';
import type { JournalEntry, RepairOpening, RepairState } from './types.ts';

/** The repair as an activity sees it, and the journal entries that ride along until JOURNAL has them. */
export type Step = {
  readonly opening: RepairOpening;
  readonly bootId: string;
  /** Whether the node carries our isolation; never in observe mode. */
  readonly isolated: boolean;
  /** The rung that is next. */
  readonly rung: number;
  readonly checks: readonly string[];
  /** What is known of the node's pods; absent for a step that has nothing to do with them. */
  readonly pods?: RepairState['pods'];
  /** The last rung that was tried. */
  readonly triedRung?: number | undefined;
  readonly pending: readonly JournalEntry[];
};

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
