/** Performs one command: what arrived meanwhile comes first, the command's own outcome always last. */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import { errorText } from '../std/errorText.ts';
import type { MoveActivities } from '../activities/index.ts';
import type { Done, Step, StepOutcome } from '../activities/step.ts';
import { interrupts } from '../domain/repair/interrupts.ts';
import type {
  Command,
  Ending,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { evicting, local, moves, ordinary, patient, preflighting, rungOnce } from './activities.ts';
import type { Inbox } from './inbox.ts';
import type { Pending } from './pending.ts';
import { stepOf } from './step.ts';
import { summaryOf } from './summary.ts';

export type Turn = {
  readonly command: Command;
  readonly state: RepairState;
  readonly opening: RepairOpening;
  readonly inbox: Inbox;
  readonly pending: Pending;
};

const noteworthyMs = 1_000;

/** Events to journal before a command is performed: an attempt before it is made, a long wait while it lasts. */
export function beginning(command: Command, at: EpochMs): readonly RepairEvent[] | undefined {
  if (command.kind === 'runRung') return [];
  if (command.kind !== 'wait' || command.until - at <= noteworthyMs) return undefined;
  return [{ kind: 'waitStarted', reason: command.reason, until: command.until, at }];
}

export async function perform(turn: Turn): Promise<readonly RepairEvent[]> {
  const outcome = await outcomeOf(turn);
  return [...turn.inbox.drain(), { ...outcome, at: Date.now() }];
}

async function outcomeOf(turn: Turn): Promise<StepOutcome> {
  const { command } = turn;
  switch (command.kind) {
    case 'wait':
      return wait(turn, command.until);
    case 'conclude': {
      const { kind: _, ...ending } = command;
      return { kind: 'concluded', ending };
    }
    case 'giveUpAttempt':
      return { ...command, kind: 'attemptSpent' };
    case 'look':
      return answered(turn, () => moves(clusterOf(turn)).look(step(turn)));
    case 'close':
      return lastly(turn, 'close');
    default:
      return turn.opening.mode === 'observe' ? observed(turn, command) : acted(turn, command);
  }
}

type Act = Parameters<MoveActivities['observe']>[1];

function observed(turn: Turn, command: Act): Promise<StepOutcome> {
  return answered(turn, () => moves(clusterOf(turn)).observe(step(turn), command));
}

function acted(turn: Turn, command: Act): Promise<StepOutcome> {
  switch (command.kind) {
    case 'requestPermit':
    case 'isolate':
      return quickly(turn, command.kind);
    case 'preflight':
      return failing(turn, () => preflighting(clusterOf(turn)).preflight(step(turn, [])));
    case 'tagPods':
      return answered(turn, () => moves(clusterOf(turn)).tagPods(step(turn)));
    case 'migrate':
      return migrate(turn);
    case 'runRung':
      return runRung(turn, command);
    case 'restore':
      return answered(turn, () => moves(clusterOf(turn)).restore(step(turn), endingOf(turn)));
    case 'releasePermit':
      return lastly(turn, 'releasePermit');
  }
}

async function wait({ command, inbox }: Turn, until: EpochMs): Promise<StepOutcome> {
  const arrived = (): boolean => inbox.has((event) => interrupts(command, event));
  const leftMs = Math.max(1, until - Date.now());
  const early = await condition(arrived, leftMs, { summary: summaryOf(command) });
  return early ? { kind: 'interrupted', command: 'wait' } : { kind: 'waited' };
}

/** A local activity first; if it cannot finish in its two seconds, an ordinary one that is patient. */
async function quickly(turn: Turn, kind: 'requestPermit' | 'isolate'): Promise<StepOutcome> {
  const told = step(turn, []);
  try {
    return await local[kind].executeWithOptions({ summary: summaryOf(turn.command) }, [told]);
  } catch {
    return failing(turn, () => ordinary(clusterOf(turn))[kind](told));
  }
}

async function lastly(turn: Turn, kind: 'releasePermit' | 'close'): Promise<StepOutcome> {
  const told = step(turn, []);
  try {
    return await (kind === 'close' ? local.close(told, endingOf(turn)) : local.releasePermit(told));
  } catch {
    const last = patient(clusterOf(turn));
    return failing(turn, () =>
      kind === 'close' ? last.close(told, endingOf(turn)) : last.releasePermit(told),
    );
  }
}

/** Evictions stop at once when somebody has a reason to stop them; the pass in flight is waited for. */
async function migrate(turn: Turn): Promise<StepOutcome> {
  const { command, inbox } = turn;
  const pass = new CancellationScope();
  const arrived = (): boolean => inbox.has((event) => interrupts(command, event));
  const guard = new CancellationScope();
  const stopping = guard
    .run(() => condition(arrived))
    .then(() => pass.cancel(), ignoreCancellation);
  const outcome = await pass.run(() =>
    answered(turn, () => evicting(clusterOf(turn)).migrate(step(turn))),
  );
  guard.cancel();
  await stopping;
  return outcome;
}

async function runRung(
  turn: Turn,
  command: Extract<Command, { kind: 'runRung' }>,
): Promise<StepOutcome> {
  const { kind: _, ...order } = command;
  const { rung, attempt } = order;
  const callTimeoutMs = turn.opening.policy.ladder[rung]?.callTimeoutMs ?? 0;
  const startedAt = Date.now();
  try {
    const once = rungOnce(clusterOf(turn), callTimeoutMs).runRung;
    const done = await once.executeWithOptions({ summary: summaryOf(command) }, [
      step(turn, turn.pending.all()),
      order,
    ]);
    turn.pending.recorded(done.recordedThrough);
    return done.outcome;
  } catch (error) {
    return {
      kind: 'attempted',
      rung,
      number: attempt,
      startedAt,
      bootIdBefore: turn.state.bootId,
      result: 'unknown',
      detail: detailOf(error),
      evidenceAfter: newest(turn.state),
    };
  }
}

async function answered(turn: Turn, ask: () => Promise<Done>): Promise<StepOutcome> {
  return failing(turn, async () => {
    const { outcome, recordedThrough } = await ask();
    turn.pending.recorded(recordedThrough);
    return outcome;
  });
}

async function failing(turn: Turn, ask: () => Promise<StepOutcome>): Promise<StepOutcome> {
  const command = turn.command.kind;
  try {
    return await ask();
  } catch (error) {
    if (isCancellation(error)) return { kind: 'interrupted', command };
    return { kind: 'failed', command, detail: detailOf(error) };
  }
}

function step({ opening, state, pending }: Turn, entries = pending.riding): Step {
  return stepOf(opening, state, entries);
}

function clusterOf({ opening }: Turn): string {
  return opening.cluster;
}

function endingOf({ state }: Turn): Ending {
  if (!state.ending) throw new Error('an end is carried out only after it was concluded');
  return state.ending;
}

function newest({ reports }: RepairState): number {
  return Math.max(0, ...reports.map((report) => report.sequence));
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

function detailOf(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause) return error.cause.message;
  return errorText(error);
}
