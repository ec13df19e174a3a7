/** Who gets a permit. Out = permits, our marks, cordoned and NotReady nodes, each node once (ADR 11). */
import { isolationMark } from '../marks.ts';
import type { NodeFacts } from '../node.ts';
import type { EpochMs } from '../vocabulary/time.ts';
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
  const standing = standingOf(view);
  const granted: Permit[] = [];
  const answers = applicants.map((applicant) => {
    const answer = answerOne(standing, applicant);
    if (answer.kind === 'granted' && !standing.held.has(applicant.repairId)) {
      granted.push(permitFor(applicant, now));
      standing.held.add(applicant.repairId);
      standing.out.add(applicant.nodeUid);
    }
    return answer;
  });
  const { ledger } = view;
  if (granted.length === 0) return { ledger, answers };
  return { ledger: { ...ledger, permits: [...ledger.permits, ...granted] }, answers };
}

/** What the answers of one batch rest on, looked up once for all of them; grown by each grant. */
type BatchBasis = {
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  /** The repairs that have a permit. */
  readonly held: Set<string>;
  /** The nodes that are out, by UID. */
  readonly out: Set<string>;
};

function standingOf({ ledger, nodes }: GuardView): BatchBasis {
  return {
    nodes: new Map(nodes.map((node) => [node.uid, node])),
    held: new Set(ledger.permits.map(({ repairId }) => repairId)),
    out: uidsOut({ ledger, nodes }),
  };
}

function answerOne(standing: BatchBasis, applicant: Applicant): GuardAnswer {
  const { repairId, nodeUid, limits } = applicant;
  const limit = limitOf(standing.nodes.size, limits);
  const out = standing.out.size - (standing.out.has(nodeUid) ? 1 : 0);
  // Asked again, a repair keeps the permit it has, with its time.
  if (standing.held.has(repairId)) return { kind: 'granted', repairId, out, limit };
  const reason = refusal(standing.nodes, applicant) ?? (out >= limit ? 'budget-full' : undefined);
  return reason
    ? { kind: 'refused', repairId, reason, out, limit }
    : { kind: 'granted', repairId, out, limit };
}

/** The most nodes that may be out of this many: a share rounded down, at least 1 unless it is 0 %, at most the cap. */
export function limitOf(nodes: number, limits: GuardLimits): number {
  if (limits.maxUnavailablePercent === 0) return 0;
  const share = Math.floor((nodes * limits.maxUnavailablePercent) / 100);
  return Math.min(Math.max(share, 1), limits.maxUnavailableNodes);
}

function refusal(
  nodes: ReadonlyMap<string, NodeFacts>,
  { nodeUid, limits }: Applicant,
): 'nodes-unreadable' | 'node-unknown' | 'cluster-too-small' | 'control-plane' | undefined {
  if (nodes.size === 0) return 'nodes-unreadable';
  const node = nodes.get(nodeUid);
  if (!node) return 'node-unknown';
  if (nodes.size < fewestNodes && !limits.allowSmallClusters) return 'cluster-too-small';
  return node.controlPlane && !limits.allowControlPlane ? 'control-plane' : undefined;
}

function permitFor({ repairId, node, nodeUid }: Applicant, grantedAt: EpochMs): Permit {
  return { repairId, node, nodeUid, grantedAt };
}

/** How many nodes are out, for screens. */
export function countOut(view: GuardView): number {
  return uidsOut(view).size;
}

function uidsOut({ ledger, nodes }: GuardView): Set<string> {
  const unavailable = nodes.filter(isOut).map(({ uid }) => uid);
  return new Set([...unavailable, ...ledger.permits.map(({ nodeUid }) => nodeUid)]);
}

/** A mark on a node that a person uncordoned is history; while its repair lasts, the permit counts. */
function isOut(node: NodeFacts): boolean {
  return node.unschedulable || node.ready !== 'True';
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
