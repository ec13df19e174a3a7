/** Carries a command out by its plan; whatever becomes of an activity is an outcome like any other. */
import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import { errorText } from '../../std/errorText.ts';
import type { MoveActivities, RepairActivities } from '../../activities/index.ts';
import type { Lane } from '../../domain/vocabulary/temporal.ts';
import { taskQueueOf } from '../contract/shared.ts';
import { localOptions } from './plans.ts';
import type { AnyTurn, Limits, OnMoves, OnRepairs, Plan } from './plans.ts';

/** A command that an arrival or an error ended. */
type Unfinished<T extends AnyTurn> =
  | { readonly kind: 'interrupted'; readonly command: T['command']['kind'] }
  | { readonly kind: 'failed'; readonly command: T['command']['kind']; readonly detail: string };

export function carryOut<T extends AnyTurn, Outcome>(
  plan: Plan<T, Outcome>,
  turn: T,
): Promise<Outcome | Unfinished<T>> {
  return plan.interruptible
    ? untilDisturbed(turn, () => finished(plan, turn))
    : finished(plan, turn);
}

/** Stops the work as soon as there is a reason to; an activity in flight is waited for. */
async function untilDisturbed<O>({ isDisturbed }: AnyTurn, work: () => Promise<O>): Promise<O> {
  const working = new CancellationScope();
  const watching = new CancellationScope();
  const stopping = watching
    .run(() => condition(isDisturbed))
    .then(() => working.cancel(), ignoreCancellation);
  const outcome = await working.run(work);
  watching.cancel();
  await stopping;
  return outcome;
}

async function finished<T extends AnyTurn, O>(
  plan: Plan<T, O>,
  turn: T,
): Promise<O | Unfinished<T>> {
  const command = turn.command.kind;
  try {
    return await outcomeOf(plan, turn);
  } catch (error) {
    if (plan.lane !== 'workflow' && plan.onError) return plan.onError(turn, detailOf(error));
    if (isCancellation(error)) return { kind: 'interrupted', command };
    return { kind: 'failed', command, detail: detailOf(error) };
  }
}

function outcomeOf<T extends AnyTurn, O>(plan: Plan<T, O>, turn: T): O | Promise<O> {
  switch (plan.lane) {
    case 'workflow':
      return plan.run(turn);
    case 'repairs':
      return onRepairs(plan, turn);
    case 'moves':
      return onMoves(plan, turn);
  }
}

async function onRepairs<T extends AnyTurn, O>(plan: OnRepairs<T, O>, turn: T): Promise<O> {
  const { options, localFirst } = limitsOf(plan, turn);
  const step = turn.step([]);
  if (localFirst) {
    try {
      const { summary } = turn;
      const quick = proxyLocalActivities<RepairActivities>({ ...localOptions, summary });
      return await plan.run(quick, step, turn);
    } catch {
      // What kept it from ending in its two seconds may be over by now.
    }
  }
  return plan.run(proxyActivities<RepairActivities>(onLane('repairs', turn, options)), step, turn);
}

async function onMoves<T extends AnyTurn, O>(plan: OnMoves<T, O>, turn: T): Promise<O> {
  const { options } = limitsOf(plan, turn);
  const { pending } = turn;
  const step = turn.step(plan.journaledFirst ? pending.all() : pending.riding);
  const moves = proxyActivities<MoveActivities>(onLane('moves', turn, options));
  const { outcome, recordedThrough } = await plan.run(moves, step, turn);
  pending.recorded(recordedThrough);
  return outcome;
}

function limitsOf<T extends AnyTurn>(
  { limits }: { readonly limits: Limits | ((turn: T) => Limits) },
  turn: T,
): Limits {
  return typeof limits === 'function' ? limits(turn) : limits;
}

/** Each lane runs in the cluster that the work belongs to. */
function onLane(
  lane: Lane,
  { cluster, summary }: AnyTurn,
  options: ActivityOptions,
): ActivityOptions {
  return { ...options, taskQueue: taskQueueOf(lane, cluster), summary };
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

function detailOf(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause) return error.cause.message;
  return errorText(error);
}
