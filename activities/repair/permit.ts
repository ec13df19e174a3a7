/** Asks the guard for leave to take the node out, and gives it back. */
import { unread } from '../freshLook.ts';
import { examineWithin } from './preflight.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

export type PermitAsking = {
  /** For the machine's answer. */
  readonly patienceMs?: number;
  /** Told of a permit at once, while the machine may still be read. */
  readonly onGranted?: () => void;
};

/** Beside the request the machine is read: in the good case that costs no time. */
export async function requestPermit(
  ports: Ports,
  step: Step,
  { patienceMs, onGranted }: PermitAsking = {},
): Promise<StepOutcome> {
  const { opening } = step;
  const { repairId, node, nodeUid, policy } = opening;
  const asking = ports.guard.request({ repairId, node, nodeUid, limits: policy.guard });
  const examining = examineWithin(ports, step, patienceMs);
  const answer = await asking;
  if (answer.kind === 'granted') onGranted?.();
  const fitness = await examining;
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
