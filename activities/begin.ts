/** The first steps of a repair, taken where its fault is heard and before its workflow starts (ADR 21). */
import { errorText } from '../std/errorText.ts';
import { pause } from '../std/pause.ts';
import { afterStep, notBegun } from '../domain/repair/begun.ts';
import type { Begun } from '../domain/repair/begun.ts';
import { decide } from '../domain/repair/decide.ts';
import { stepOf } from '../domain/repair/step.ts';
import type { Step } from '../domain/repair/step.ts';
import type { Command, RepairOpening } from '../domain/repair/types.ts';
import { isolate, lookOnSight } from './repair/isolate.ts';
import type { IsolationSight } from './repair/isolate.ts';
import { requestPermit } from './repair/permit.ts';
import type { Ports } from './ports.ts';
import type { StepOutcome } from './step.ts';

/** A permit and an isolation, and each once more where the permit was void by the time of the look. */
const mostSteps = 4;
/** In a burst hundreds of machines are read at once. */
const patienceMs = 2_500;
/** A neighbour that never answers must not keep the repair from its workflow, whose own steps have time-outs. */
const longestStepMs = 15_000;

/**
 * Takes the steps that need nothing but the guard and one patch, by the same decisions as the workflow, which goes on
 * from the answer. Each is idempotent by the repair's id: begun again after a crash, a repair finds its permit and its
 * mark. In observe mode nothing is done.
 */
export async function begin(ports: Ports, opening: RepairOpening): Promise<Begun> {
  const act = firstSteps(ports);
  let begun = notBegun(opening);
  for (let steps = 0; steps < mostSteps && opening.mode === 'act'; steps += 1) {
    const at = ports.clock();
    const command = decide(begun.state, opening.policy, at);
    const outcome = await attempted(command, act(command, stepOf(opening, begun.state)));
    if (!outcome) break;
    begun = afterStep(begun, opening, { at, command, event: { ...outcome, at: ports.clock() } });
  }
  return begun;
}

/** The look at the node begins with the permit, while the machine may still be read. */
function firstSteps(
  ports: Ports,
): (command: Command, step: Step) => Promise<StepOutcome> | undefined {
  let sight: IsolationSight | undefined;
  return ({ kind }, step) => {
    switch (kind) {
      case 'requestPermit':
        return requestPermit(ports, step, {
          patienceMs,
          onGranted: () => {
            sight = lookOnSight(ports, step);
          },
        });
      case 'isolate':
        return isolate(ports, step, sight);
      default:
        return undefined;
    }
  };
}

async function attempted(
  { kind: command }: Command,
  acting: Promise<StepOutcome> | undefined,
): Promise<StepOutcome | undefined> {
  const ended = new AbortController();
  const detail = `no answer within ${longestStepMs / 1_000} s`;
  const tooLate = pause(longestStepMs, ended.signal).then(() => failed(command, detail));
  try {
    return await Promise.race([acting, tooLate]);
  } catch (error) {
    return failed(command, errorText(error));
  } finally {
    ended.abort();
  }
}

function failed(command: Command['kind'], detail: string): StepOutcome {
  return { kind: 'failed', command, detail };
}
