/** Asks the guard for leave to take the node out, and gives it back. */
import { unread } from '../freshLook.ts';
import { examineQuickly } from './preflight.ts';
import type { Ports } from '../ports.ts';
import type { Step, StepOutcome } from '../step.ts';

/** The machine is read meanwhile: in the good case that costs no time. */
export async function requestPermit(ports: Ports, step: Step): Promise<StepOutcome> {
  const { opening } = step;
  const { repairId, node, nodeUid, policy } = opening;
  const [answer, fitness] = await Promise.all([
    ports.guard.request({ repairId, node, nodeUid, limits: policy.guard }),
    examineQuickly(ports, step),
  ]);
  if (fitness.kind === 'preflightFailed') return fitness;
  const { out, limit } = answer;
  const fit = fitness.kind === 'preflightPassed' && ({ fit: true } as const);
  if (answer.kind === 'granted') return { kind: 'permitGranted', out, limit, ...fit };
  const gone = answer.reason === 'node-unknown' ? await goneFor(ports, opening) : undefined;
  return gone ?? { kind: 'permitRefused', reason: answer.reason, out, limit };
}

/** The guard knows no such node; whether it is gone for good only the API server can say. */
async function goneFor(
  { kube }: Ports,
  { node, nodeUid }: Step['opening'],
): Promise<StepOutcome | undefined> {
  const read = await kube.readNode(node);
  if (!read.ok) return unread(read);
  if (read.value?.uid === nodeUid) return undefined;
  const reason = read.value ? 'replaced' : 'deleted';
  return { kind: 'refused', reason, detail: `node ${node} is gone while it waited for a permit` };
}

/** Throws when the ledger cannot be reached: a permit that is not given back would starve others. */
export async function releasePermit(ports: Ports, { opening }: Step): Promise<StepOutcome> {
  const released = await ports.guard.release(opening.repairId);
  if (!released.ok) throw new Error(released.why);
  return { kind: 'permitReleased' };
}
