/** How a repair carries out each kind of command: a row each (ADR 3). */
import { sleep } from '@temporalio/workflow';
import type { StepOutcome } from '../../activities/step.ts';
import type { ObservedCommand } from '../../activities/repair/observe.ts';
import type {
  Command,
  Ending,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../../domain/repair/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { carryOut } from '../loop/perform.ts';
import { local, once, stoppable, tries } from '../loop/plans.ts';
import type { Limits, OnMoves, Plan, Teller, Turn } from '../loop/plans.ts';
import type { Pending } from '../loop/pending.ts';
import { stepOf } from '../../domain/repair/step.ts';

/** The repair at this moment, as its activities are told of it. */
export type RepairTeller = Teller & {
  readonly opening: RepairOpening;
  readonly state: RepairState;
};

export type RepairTurn<C extends Command = Command> = RepairTeller &
  Turn<C> & { readonly at: EpochMs };

type CommandOf<K extends Command['kind']> = Extract<Command, { readonly kind: K }>;
type Plans = { readonly [K in Command['kind']]: Plan<RepairTurn<CommandOf<K>>, StepOutcome> };

const plans: Plans = {
  wait: { lane: 'workflow', interruptible: true, run: wait },
  look: { lane: 'moves', limits: tries(10, 60), run: (on, it) => on.look(it) },
  requestPermit: { lane: 'repairs', limits: local(5, 30), run: (on, it) => on.requestPermit(it) },
  preflight: { lane: 'repairs', limits: tries(15, 45), run: (on, it) => on.preflight(it) },
  isolate: { lane: 'repairs', limits: local(5, 30), run: (on, it) => on.isolate(it) },
  tagPods: { lane: 'moves', limits: tries(10, 60), run: (on, it) => on.tagPods(it) },
  migrate: {
    lane: 'moves',
    limits: stoppable(600),
    interruptible: true,
    run: (on, it) => on.migrate(it),
  },
  runRung: {
    lane: 'moves',
    limits: callOf,
    journaledFirst: true,
    run: (on, it, { command }) => on.runRung(it, unnamed(command)),
    onError: unknownEffect,
  },
  giveUpAttempt: { lane: 'workflow', run: ({ command }) => ({ ...command, kind: 'attemptSpent' }) },
  conclude: {
    lane: 'workflow',
    run: ({ command }) => ({ kind: 'concluded', ending: unnamed(command) }),
  },
  restore: {
    lane: 'moves',
    limits: tries(10, 60),
    run: (on, it, turn) => on.restore(it, endingOf(turn)),
  },
  releasePermit: { lane: 'repairs', limits: local(5, 60), run: (on, it) => on.releasePermit(it) },
  close: {
    lane: 'repairs',
    limits: local(5, 60),
    run: (on, it, turn) => on.close(it, endingOf(turn)),
  },
};

/** In observe mode, in place of all that would change something outside of the hub. */
const observing: OnMoves<RepairTurn<ObservedCommand>, StepOutcome> = {
  lane: 'moves',
  limits: tries(10, 60),
  run: (on, it, { command }) => on.observe(it, command),
};

const noteworthyMs = 1_000;

/** Events to journal before a command is performed: an attempt before it is made, a long wait while it lasts. */
export function beginning(command: Command, at: EpochMs): readonly RepairEvent[] | undefined {
  if (command.kind === 'runRung') return [];
  if (command.kind !== 'wait' || command.until - at <= noteworthyMs) return undefined;
  return [{ kind: 'waitStarted', reason: command.reason, until: command.until, at }];
}

export function perform(turn: RepairTurn): Promise<StepOutcome> {
  const { command, opening } = turn;
  const isObserved = opening.mode === 'observe' && isAct(command);
  return isObserved ? carryOut(observing, { ...turn, command }) : planned(turn);
}

type Harmless = Exclude<Command['kind'], ObservedCommand['kind']>;
const harmless: Readonly<Record<Harmless, true>> = {
  wait: true,
  look: true,
  giveUpAttempt: true,
  conclude: true,
  close: true,
};

function isAct(command: Command): command is ObservedCommand {
  return !(command.kind in harmless);
}

function planned<K extends Command['kind']>(turn: RepairTurn<CommandOf<K>>): Promise<StepOutcome> {
  const plan: Plans[K] = plans[turn.command.kind];
  return carryOut(plan, turn);
}

async function wait({
  command: { until },
  summary,
}: RepairTurn<CommandOf<'wait'>>): Promise<StepOutcome> {
  await sleep(Math.max(1, until - Date.now()), { summary });
  return { kind: 'waited' };
}

/** What a command says beside its kind. */
function unnamed<C extends Command>(command: C): Omit<C, 'kind'> {
  const { kind: _, ...rest } = command;
  return rest;
}

function callOf({
  command: { rung },
  opening: { policy },
}: RepairTurn<CommandOf<'runRung'>>): Limits {
  return once(policy.ladder[rung]?.callTimeoutMs ?? 0);
}

/** Whatever ended the activity early, it may have acted. */
function unknownEffect(
  { command, state, at: startedAt }: RepairTurn<CommandOf<'runRung'>>,
  detail: string,
): StepOutcome {
  return {
    kind: 'attempted',
    rung: command.rung,
    number: command.attempt,
    startedAt,
    bootIdBefore: state.bootId,
    result: 'unknown',
    detail,
    evidenceAfter: Math.max(0, ...state.reports.map(({ sequence }) => sequence)),
  };
}

function endingOf({ state }: RepairTurn): Ending {
  if (!state.ending) throw new Error('an end is carried out only after it was concluded');
  return state.ending;
}

export function tellerOf(
  opening: RepairOpening,
  state: RepairState,
  pending: Pending,
): RepairTeller {
  const step: Teller['step'] = (entries) => stepOf(opening, state, entries);
  return { cluster: opening.cluster, opening, state, pending, step };
}
