/** What every activity is told, and what it answers. */
import type { Expectation } from '../domain/repair/freshLook.ts';
import type {
  CommandOutcome,
  JournalEntry,
  RepairOpening,
  RepairState,
  Unstamped,
} from '../domain/repair/types.ts';

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

export type StepOutcome = Unstamped<CommandOutcome>;

/** What a look at the machine found before its node is taken out. */
export type Preflighted = Extract<
  StepOutcome,
  { readonly kind: 'preflightPassed' | 'preflightFailed' | 'notTried' }
>;

/** `recordedThrough` is the highest sequence that JOURNAL has; -1 if none. */
export type Done = { readonly outcome: StepOutcome; readonly recordedThrough: number };

export function expectation(step: Step, purpose: Expectation['purpose']): Expectation {
  const { opening, bootId, isolated, checks } = step;
  return {
    purpose,
    repairId: opening.repairId,
    nodeUid: opening.nodeUid,
    bootId,
    isolated,
    checks,
    policy: opening.policy,
    supersedes: opening.after?.repairId,
  };
}
