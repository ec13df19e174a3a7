/** Asks the guard for leave to take the node out, and gives it back. */
import type { Ports } from './ports.ts';
import type { Step, StepOutcome } from './step.ts';

export async function requestPermit(ports: Ports, { opening }: Step): Promise<StepOutcome> {
  const { repairId, node, nodeUid, policy } = opening;
  const answer = await ports.guard.request({ repairId, node, nodeUid, limits: policy.guard });
  const { out, limit } = answer;
  return answer.kind === 'granted'
    ? { kind: 'permitGranted', out, limit }
    : { kind: 'permitRefused', reason: answer.reason, out, limit };
}

/** Throws when the ledger cannot be reached: a permit that is not given back would starve others. */
export async function releasePermit(ports: Ports, { opening }: Step): Promise<StepOutcome> {
  const released = await ports.guard.release(opening.repairId);
  if (!released.ok) throw new Error(released.why);
  return { kind: 'permitReleased' };
}
