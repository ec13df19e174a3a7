/** Who gets a permit. Out = permits, our marks, cordoned and NotReady nodes, each node once (ADR 11). */
import { isolationMark } from '../marks.ts';
import type { NodeFacts } from '../node.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import { evolve } from './evolve.ts';
import type { GuardLimits } from './policy.ts';
import type { Applicant, GuardAnswer, Ledger, Permit } from './types.ts';

const fewestNodes = 3;

export type GuardView = { readonly ledger: Ledger; readonly nodes: readonly NodeFacts[] };

/** Answers applicants in order; each grant counts against the next. An empty node list grants nothing. */
export function decide(
  view: GuardView,
  applicants: readonly Applicant[],
  now: EpochMs,
): { readonly ledger: Ledger; readonly answers: readonly GuardAnswer[] } {
  const unavailable = uidsOut(view.nodes);
  const answers: GuardAnswer[] = [];
  let { ledger } = view;
  for (const applicant of applicants) {
    const answer = answerOne({ ledger, nodes: view.nodes }, unavailable, applicant);
    if (answer.kind === 'granted' && !holds(ledger, applicant))
      ledger = evolve(ledger, { kind: 'granted', permit: permitFor(applicant, now) });
    answers.push(answer);
  }
  return { ledger, answers };
}

/** The most nodes that may be out of this many: a share rounded down, at least 1 unless it is 0 %, at most the cap. */
export function limitOf(nodes: number, limits: GuardLimits): number {
  if (limits.maxUnavailablePercent === 0) return 0;
  const share = Math.floor((nodes * limits.maxUnavailablePercent) / 100);
  return Math.min(Math.max(share, 1), limits.maxUnavailableNodes);
}

/** How many nodes are out, for screens. */
export function countOut(view: GuardView): number {
  return allOut(view.ledger, uidsOut(view.nodes)).size;
}

/** Marks that no permit stands for, as permits: adopted after a start, before the first grant. */
export function adoptions(view: GuardView, now: EpochMs): readonly Permit[] {
  const held = new Set(view.ledger.permits.map((permit) => permit.repairId));
  return view.nodes.flatMap((node) => {
    const mark = isolationMark(node);
    if (!mark || !node.unschedulable) return [];
    if (mark.outcome !== undefined || held.has(mark.repair)) return [];
    return [
      { repairId: mark.repair, node: node.name, nodeUid: node.uid, grantedAt: now, adopted: true },
    ];
  });
}

function answerOne(
  view: GuardView,
  unavailable: ReadonlySet<string>,
  applicant: Applicant,
): GuardAnswer {
  const { repairId, nodeUid, limits } = applicant;
  const limit = limitOf(view.nodes.length, limits);
  const others = allOut(view.ledger, unavailable);
  others.delete(nodeUid);
  const out = others.size;
  if (holds(view.ledger, applicant)) return { kind: 'granted', repairId, out, limit };
  const reason = refusal(view.nodes, applicant) ?? (out >= limit ? 'budget-full' : undefined);
  return reason
    ? { kind: 'refused', repairId, reason, out, limit }
    : { kind: 'granted', repairId, out, limit };
}

/** Asked again, a repair keeps the permit it has, with its time. */
function holds(ledger: Ledger, { repairId }: Applicant): boolean {
  return ledger.permits.some((permit) => permit.repairId === repairId);
}

function refusal(
  nodes: readonly NodeFacts[],
  { nodeUid, limits }: Applicant,
): 'nodes-unreadable' | 'node-unknown' | 'cluster-too-small' | 'control-plane' | undefined {
  if (nodes.length === 0) return 'nodes-unreadable';
  const node = nodes.find((candidate) => candidate.uid === nodeUid);
  if (!node) return 'node-unknown';
  if (nodes.length < fewestNodes && !limits.allowSmallClusters) return 'cluster-too-small';
  return node.controlPlane && !limits.allowControlPlane ? 'control-plane' : undefined;
}

function allOut(ledger: Ledger, unavailable: ReadonlySet<string>): Set<string> {
  return new Set([...unavailable, ...ledger.permits.map((permit) => permit.nodeUid)]);
}

function uidsOut(nodes: readonly NodeFacts[]): ReadonlySet<string> {
  return new Set(nodes.filter(isOut).map((node) => node.uid));
}

/** A mark on a node that a person uncordoned is history; while its repair lasts, the permit counts. */
function isOut(node: NodeFacts): boolean {
  return node.unschedulable || node.ready !== 'True';
}

function permitFor({ repairId, node, nodeUid }: Applicant, grantedAt: EpochMs): Permit {
  return { repairId, node, nodeUid, grantedAt };
}
