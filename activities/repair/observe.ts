/** Observe mode: every command is decided and looked at, and nothing is written anywhere but in the journal. */
import type { Command } from '../../domain/repair/types.ts';
import { freshLook, unread } from '../freshLook.ts';
import { podsNow, sortingOf, stayingIn } from '../podsNow.ts';
import { examine, examineWithin } from './preflight.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

/** The commands that would change something outside of the hub. */
export type ObservedCommand = Extract<
  Command,
  {
    readonly kind:
      | 'requestPermit'
      | 'preflight'
      | 'isolate'
      | 'tagPods'
      | 'migrate'
      | 'runRung'
      | 'restore'
      | 'releasePermit';
  }
>;

export async function observe(
  ports: Ports,
  step: Step,
  command: ObservedCommand,
): Promise<StepOutcome> {
  switch (command.kind) {
    case 'requestPermit':
      return observePermit(ports, step);
    case 'preflight':
      return examine(ports, step);
    case 'isolate': {
      const look = await freshLook(ports, step, 'isolate');
      return look.ok ? { kind: 'isolated', assumed: true } : look.outcome;
    }
    case 'tagPods':
      return observeTagging(ports, step);
    case 'migrate':
      return { kind: 'podsMoved', assumed: true };
    case 'runRung':
      return observeRung(ports, step, command);
    case 'restore':
      return { kind: 'restored', node: 'returned', assumed: true };
    case 'releasePermit':
      return { kind: 'permitReleased', assumed: true };
  }
}

async function observeTagging(ports: Ports, step: Step): Promise<StepOutcome> {
  const sorted = await podsNow(ports, step, sortingOf(step, undefined));
  if (!sorted.ok) return unread(sorted);
  const { moving, kept } = sorted.value;
  const pods = moving.length + kept.length;
  return { kind: 'podsTagged', pods, ...stayingIn(sorted.value), assumed: true };
}

async function observePermit(ports: Ports, step: Step): Promise<StepOutcome> {
  const { repairId, node, nodeUid, policy } = step.opening;
  const [answer, fitness] = await Promise.all([
    ports.guard.preview({ repairId, node, nodeUid, limits: policy.guard }),
    examineWithin(ports, step),
  ]);
  if (fitness.kind === 'preflightFailed') return fitness;
  const { out, limit } = answer;
  const fit = fitness.kind === 'preflightPassed' && ({ fit: true } as const);
  return answer.kind === 'granted'
    ? { kind: 'permitGranted', out, limit, ...fit, assumed: true }
    : { kind: 'permitRefused', reason: answer.reason, out, limit, assumed: true };
}

async function observeRung(
  ports: Ports,
  step: Step,
  command: Extract<ObservedCommand, { kind: 'runRung' }>,
): Promise<StepOutcome> {
  const look = await freshLook(ports, step, 'look');
  if (!look.ok) return look.outcome;
  const rung = step.opening.policy.ladder[command.rung];
  const detail = `would ask ${rung?.driver ?? 'nobody'} for ${rung?.action ?? 'nothing'}`;
  const at = ports.clock();
  const attempt = { rung: command.rung, number: command.attempt, startedAt: at, evidenceAfter: 0 };
  const bootIdBefore = step.bootId;
  return { kind: 'attempted', ...attempt, bootIdBefore, result: 'done', detail, assumed: true };
}
