/** Reads what an act depends on, right before the act: the node, our permit, the pause and the newest reports. */
import type { NodeFacts } from '../domain/node.ts';
import { judge } from '../domain/repair/freshLook.ts';
import type { Judgement, Purpose, Seen } from '../domain/repair/freshLook.ts';
import type { Ports, Read, Unread } from './ports.ts';
import { expectation } from './step.ts';
import type { Step } from '../domain/repair/step.ts';
import type { StepOutcome } from './step.ts';

export type LookAnswer =
  | Extract<Judgement, { ok: true }>
  | { readonly ok: false; readonly outcome: StepOutcome };

/**
 * What cannot be read is a refusal like any other: nothing is done on what could not be seen. `node` may stand in for a
 * read of the node where the write that follows is conditioned on its resource version.
 */
export async function freshLook(
  ports: Ports,
  step: Step,
  purpose: Purpose,
  node?: NodeFacts,
): Promise<LookAnswer> {
  const seen = await see(ports, step, purpose, node);
  if (!seen.ok) return { ok: false, outcome: unread(seen) };
  const judgement = judge(expectation(step, purpose), seen.value);
  if (judgement.ok) return judgement;
  const { reason, detail, finding } = judgement;
  return { ok: false, outcome: { kind: 'refused', reason, detail, ...(finding && { finding }) } };
}

export function unread({ reason, why }: Unread): StepOutcome {
  return { kind: 'refused', reason, detail: why };
}

async function see(
  ports: Ports,
  step: Step,
  purpose: Purpose,
  known?: NodeFacts,
): Promise<Read<Seen>> {
  const { node: name, nodeUid } = step.opening;
  const needsLeave = purpose === 'isolate' || purpose === 'act';
  const [node, leave, reports] = await Promise.all([
    known ? { ok: true as const, value: known } : ports.kube.readNode(name),
    needsLeave ? leaveOf(ports, step) : notAsked,
    ports.hub.newestReports(name, nodeUid),
  ]);
  if (!node.ok) return node;
  if (!leave.ok) return leave;
  if (!reports.ok) return reports;
  return { ok: true, value: { node: node.value, ...leave.value, reports: reports.value } };
}

type Leave = Pick<Seen, 'paused' | 'permit' | 'open'>;

/** A ledger or a record that cannot be read must not keep a node from coming back (ADR 11). */
const notAsked: Read<Leave> = { ok: true, value: { paused: false, permit: true, open: true } };

/** Observe mode takes no permits. */
async function leaveOf({ kube, hub, guard }: Ports, { opening }: Step): Promise<Read<Leave>> {
  const { node, repairId, mode } = opening;
  const [paused, permit, open] = await Promise.all([
    kube.isPaused(),
    mode === 'act' ? guard.holds(repairId) : { ok: true as const, value: true },
    hub.isOpen(node, repairId),
  ]);
  if (!paused.ok) return paused;
  if (!permit.ok) return permit;
  if (!open.ok) return open;
  return { ok: true, value: { paused: paused.value, permit: permit.value, open: open.value } };
}
