/** Reads what an act depends on, right before the act: the node, our permit, the pause and the newest reports. */
import type { NodeFacts } from '../domain/node.ts';
import { judge } from '../domain/repair/freshLook.ts';
import type { Judgement, Purpose, Seen } from '../domain/repair/freshLook.ts';
import type { Ports, Read, Unread } from './ports.ts';
import { expectation } from './step.ts';
import type { Step, StepOutcome } from './step.ts';

export type LookAnswer =
  | Extract<Judgement, { ok: true }>
  | { readonly ok: false; readonly outcome: StepOutcome };

/**
 * An unreadable world is a refusal like any other: nothing is done on what could not be seen. `node` may stand in for a
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
  { kube, hub, guard }: Ports,
  { opening }: Step,
  purpose: Purpose,
  known?: NodeFacts,
): Promise<Read<Seen>> {
  const needsLeave = purpose === 'isolate' || purpose === 'act';
  const [node, paused, permit, open, reports] = await Promise.all([
    known ? { ok: true as const, value: known } : kube.readNode(opening.node),
    needsLeave ? kube.isPaused() : notAsked(false),
    needsLeave && opening.mode === 'act' ? guard.holds(opening.repairId) : notAsked(true),
    needsLeave ? hub.isOpen(opening.node, opening.repairId) : notAsked(true),
    hub.newestReports(opening.node),
  ]);
  if (!node.ok) return node;
  if (!paused.ok) return paused;
  if (!permit.ok) return permit;
  if (!open.ok) return open;
  if (!reports.ok) return reports;
  const value = {
    node: node.value,
    paused: paused.value,
    permit: permit.value,
    open: open.value,
    reports: reports.value,
  };
  return { ok: true, value };
}

/** Observe mode takes no permits; and a ledger that cannot be read must not keep a node from coming back (DESIGN 8). */
function notAsked(value: boolean): Read<boolean> {
  return { ok: true, value };
}
