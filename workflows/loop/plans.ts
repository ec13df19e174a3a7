/** How commands of one kind are carried out: where, within which time, how often, and what may end it early (ADR 3). */
import { ActivityCancellationType } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type { MoveActivities, RepairActivities } from '../../activities/index.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { JournalEntry } from '../../domain/repair/types.ts';
import type { Pending } from './pending.ts';

/** What activities are told of the present state, and what waits to be journaled with them. */
export type Teller = {
  readonly cluster: string;
  readonly pending: Pending;
  readonly step: (entries: readonly JournalEntry[]) => Step;
};

/** What a command is performed with. */
export type Turn<Command> = Teller & {
  readonly command: Command;
  /** Whether something has arrived that ends the command early. */
  readonly isDisturbed: () => boolean;
  /** One line for Temporal's UI. */
  readonly summary: string;
};

export type AnyTurn = Turn<{ readonly kind: string }>;

export type Plan<T extends AnyTurn, Outcome> =
  | InWorkflow<T, Outcome>
  | OnRepairs<T, Outcome>
  | OnMoves<T, Outcome>;

/** Needs no activity. */
export type InWorkflow<T, Outcome> = {
  readonly lane: 'workflow';
  readonly interruptible?: true;
  readonly run: (turn: T) => Outcome | Promise<Outcome>;
};

/** No entries ride along: what is quick waits for no journal. */
export type OnRepairs<T, Outcome> = Limited<T, Outcome> & {
  readonly lane: 'repairs';
  readonly run: (on: RepairActivities, step: Step, turn: T) => Promise<Outcome>;
};

/** The activity also records the entries that ride along. */
export type OnMoves<T, Outcome> = Limited<T, Outcome> & {
  readonly lane: 'moves';
  /** Its entry, and all before it, are journaled before it acts. */
  readonly journaledFirst?: true;
  readonly run: (on: MoveActivities, step: Step, turn: T) => Promise<StepDone<Outcome>>;
};

type StepDone<Outcome> = { readonly outcome: Outcome; readonly recordedThrough: number };

type Limited<T, Outcome> = {
  readonly limits: Limits | ((turn: T) => Limits);
  /** An arrival cancels the activity, whose own end is waited for. */
  readonly interruptible?: true;
  /** What an error means, where it is not simply that the command failed. */
  readonly onError?: (turn: T, detail: string) => Outcome;
};

export type Limits = {
  readonly options: ActivityOptions;
  /** First as a local activity, which costs no round trip to the server in the good case. */
  readonly localFirst?: true;
};

const second = 1000;
const retry = { initialInterval: second / 2, backoffCoefficient: 1.5, maximumInterval: 5 * second };
/** A lost worker is noticed after this long. */
const heartbeatTimeout = 3 * second;

/** What a local activity may take; what takes longer is tried again as an ordinary one. */
export const localOptions = {
  scheduleToCloseTimeout: 2 * second,
  retry: { maximumAttempts: 1 },
};

/** First locally, then the same. */
export function local(eachSeconds: number, allSeconds: number): Limits {
  return { ...tries(eachSeconds, allSeconds), localFirst: true };
}

/** Tried again and again: so many seconds for each try, and so many in all. */
export function tries(eachSeconds: number, allSeconds: number): Limits {
  const startToCloseTimeout = eachSeconds * second;
  const scheduleToCloseTimeout = allSeconds * second;
  return { options: { startToCloseTimeout, scheduleToCloseTimeout, retry } };
}

/** Ended by its own answer, or cancelled and waited for. */
export function stoppable(eachSeconds: number): Limits {
  const startToCloseTimeout = eachSeconds * second;
  const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
  return { options: { startToCloseTimeout, heartbeatTimeout, cancellationType, retry } };
}

/** Tried once: whatever ends it early leaves its effect unknown. */
export function once(callMs: number): Limits {
  const startToCloseTimeout = callMs + 10 * second;
  return { options: { startToCloseTimeout, heartbeatTimeout, retry: { maximumAttempts: 1 } } };
}

/** Tried until it is done. */
export function untilDone(eachSeconds: number): Limits {
  const startToCloseTimeout = eachSeconds * second;
  const slower = { ...retry, backoffCoefficient: 2, maximumInterval: 60 * second };
  return { options: { startToCloseTimeout, retry: slower } };
}
