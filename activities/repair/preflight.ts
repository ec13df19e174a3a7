/** Whether the next rung can be tried at all, asked before a node is taken out: otherwise no pod moves for it. */
import { sharersOf } from '../../domain/machine/identity.ts';
import type { Rung } from '../../domain/repair/policy.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { Fitness, RungRequest } from '../../drivers/port.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { Preflighted, StepOutcome } from '../step.ts';

const patientMs = 10_000;

export async function preflight(ports: Ports, step: Step): Promise<StepOutcome> {
  const found = await examine(ports, step);
  if (found.kind !== 'notTried') return found;
  // Nobody knows how long the machine cannot be asked, and others may need the permit.
  const released = await ports.guard.release(step.opening.repairId);
  if (!released.ok) throw new Error(released.why);
  return found;
}

/** In observe mode too, but there no BMC is called. */
export function examine(ports: Ports, step: Step): Promise<Preflighted> {
  return examineWithin(ports, step, patientMs);
}

/** Beside a request for a permit: what takes longer is asked again by itself. */
const quickMs = 800;

export function examineWithin(
  ports: Ports,
  step: Step,
  patienceMs = quickMs,
): Promise<Preflighted> {
  return examineUntil(ports, step, ports.clock() + patienceMs);
}

const passed = { kind: 'preflightPassed' } as const;

/** A node that is out already, and one that is gone, are for the looks that follow. */
async function examineUntil(ports: Ports, step: Step, deadlineAt: EpochMs): Promise<Preflighted> {
  const { opening, rung, isolated } = step;
  const ladder = opening.policy.ladder.slice(rung);
  if (isolated || ladder.length === 0) return passed;
  const nodes = await ports.kube.allNodes();
  if (!nodes.ok) return postponed(step, nodes.why);
  const node = nodes.value.find(({ uid }) => uid === opening.nodeUid);
  if (!node) return passed;
  const request = { node, sharers: sharersOf(node, nodes.value), deadlineAt };
  return climb(ports, step, ladder, request);
}

/** The first rung that can be tried is enough; what is wrong with the machine itself is wrong for all of them. */
async function climb(
  ports: Ports,
  step: Step,
  ladder: readonly Rung[],
  common: Pick<RungRequest, 'node' | 'sharers' | 'deadlineAt'>,
): Promise<Preflighted> {
  const { repairId, cluster, fault, mode } = step.opening;
  const whys = new Set<string>();
  for (const rung of ladder) {
    const request = { ...common, repairId, cluster, attempt: 1, rung, fault };
    const fitness = await fitnessOf(ports, request, mode === 'observe');
    if (fitness.result === 'ready') return passed;
    if (fitness.result === 'not-tried')
      return postponed(step, fitness.detail, fitness.retryAfterMs);
    const { detail } = fitness;
    if (fitness.code === 'wrong-machine')
      return { kind: 'preflightFailed', reason: 'wrong-machine', detail };
    whys.add(detail);
    if (!fitness.thisRungOnly) break;
  }
  return { kind: 'preflightFailed', reason: 'no-rung-possible', detail: [...whys].join('; ') };
}

async function fitnessOf(
  { drivers }: Ports,
  request: RungRequest,
  asIs: boolean,
): Promise<Fitness> {
  const { driver: name } = request.rung;
  const driver = drivers[name];
  if (driver) return driver.preflight(request, { signal: AbortSignal.timeout(patientMs), asIs });
  const detail = `no driver "${name}" is configured`;
  return { result: 'rejected', detail, thisRungOnly: true };
}

function postponed({ rung }: Step, detail: string, retryAfterMs?: number): Preflighted {
  const told = { rung, number: 1, detail };
  return { kind: 'notTried', ...told, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
