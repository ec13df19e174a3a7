/** What every activity answers, and what it expects of a node. */
import type { Expectation } from '../domain/repair/freshLook.ts';
import type { Step } from '../domain/repair/step.ts';
import type { CommandOutcome, Unstamped } from '../domain/repair/types.ts';

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
