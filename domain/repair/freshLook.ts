/** Judges what was found right before an act: anything unexpected is a refusal that says what was found (ADR 9). */
import { untouchableReason } from '../dispatch/decide.ts';
import type { DispatchPolicy } from '../dispatch/policy.ts';
import { healthOf } from '../evidence.ts';
import type { Verdict } from '../fault.ts';
import { isBeingDisrupted, isHeld, isIsolatedBy, isolationMark } from '../marks.ts';
import type { IsolationMark, NodeFacts } from '../node.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import type { CheckReport, Finding } from './types.ts';

/** What is about to happen. `undo` gives a node back whatever its health: a person cancelled. */
export type Purpose = 'look' | 'isolate' | 'act' | 'return' | 'undo' | 'keep';

export type Expectation = {
  readonly purpose: Purpose;
  readonly repairId: string;
  readonly nodeUid: string;
  readonly bootId: string;
  /** Whether the node should carry this repair's isolation by now. */
  readonly isolated: boolean;
  /** The checks that make up the episode. */
  readonly checks: readonly string[];
  readonly policy: DispatchPolicy;
  /** A handed-over repair whose isolation this one takes over at a person's word. */
  readonly supersedes?: string | undefined;
};

export type Seen = {
  /** Absent when the API server says there is no such node. */
  readonly node: NodeFacts | undefined;
  readonly paused: boolean;
  readonly permit: boolean;
  /** Whether the node's record names this repair as its open one: only that one may act. */
  readonly open: boolean;
  /** The newest reports about this node. */
  readonly reports: readonly CheckReport[];
};

export type Judgement =
  | { readonly ok: true; readonly node: NodeFacts; readonly finding: Finding }
  | {
      readonly ok: false;
      readonly reason: ReasonCode;
      readonly detail: string;
      readonly finding?: Finding;
    };

type LookRefusal = { readonly reason: ReasonCode; readonly detail: string };
type Present = Seen & { readonly node: NodeFacts };
type Rule = (expected: Expectation, seen: Present, finding: Finding) => LookRefusal | undefined;

const rules: Readonly<Record<Purpose, Rule>> = {
  look: (expected, seen) => (expected.isolated ? notOurs(expected, seen) : undefined) ?? held(seen),
  isolate: (expected, seen, finding) =>
    notOpen(seen) ?? notTouchable(expected, seen) ?? notAllowed(seen) ?? notSick(expected, finding),
  act: (expected, seen, finding) =>
    notOpen(seen) ??
    notOurs(expected, seen) ??
    leftAlone(expected, seen) ??
    notSick(expected, finding),
  return: (expected, seen, finding) =>
    notOurs(expected, seen) ?? held(seen) ?? notWell(expected, finding),
  undo: (expected, seen) => notOurs(expected, seen) ?? held(seen),
  keep: (expected, seen) => notOurs(expected, seen),
};

export function judge(expected: Expectation, seen: Seen): Judgement {
  const { node } = seen;
  if (!node) return { ok: false, reason: 'deleted', detail: 'the API server has no such node' };
  if (node.uid !== expected.nodeUid) {
    return {
      ok: false,
      reason: 'replaced',
      detail: `the node of this name now has UID ${node.uid}`,
    };
  }
  const finding = findingOf(expected, node, seen.reports);
  const refusal = rules[expected.purpose](expected, { ...seen, node }, finding);
  return refusal ? { ok: false, ...refusal, finding } : { ok: true, node, finding };
}

function findingOf(
  expected: Expectation,
  node: NodeFacts,
  reports: readonly CheckReport[],
): Finding {
  return {
    bootId: node.bootId,
    ready: node.ready === 'True',
    isolated: isIsolatedBy(node, expected.repairId),
    reports: reports.filter((report) => expected.checks.includes(report.check)),
  };
}

function notOurs(expected: Expectation, { node }: Present): LookRefusal | undefined {
  if (isIsolatedBy(node, expected.repairId)) return undefined;
  return { reason: 'taken-over', detail: describe(node) };
}

/** Asked first: whatever is on the node was left there by others, or by an earlier run of this repair. */
function notOpen({ open }: Present): LookRefusal | undefined {
  if (open) return undefined;
  const detail = "the node's record does not name this repair as open";
  return { reason: 'superseded', detail };
}

function notTouchable(expected: Expectation, { node }: Present): LookRefusal | undefined {
  const mark = isolationMark(node);
  const inherits = mark !== undefined && mark.repair === expected.supersedes;
  const refusal = mark && !inherits ? foreignMark(expected, node, mark) : undefined;
  if (refusal) return refusal;
  const { policy } = expected;
  const touch = { ...policy.touch, cordonedByOther: inherits || policy.touch.cordonedByOther };
  const reason = untouchableReason(node, { ...policy, touch });
  if (reason === 'disrupted-by-autoscaler') return { reason, detail: taintsText(node) };
  return reason && { reason, detail: describe(node) };
}

/** A mark that does not stand for an isolation of ours; one of a hand-over that a person ended is history. */
function foreignMark(
  { repairId }: Expectation,
  node: NodeFacts,
  mark: IsolationMark,
): LookRefusal | undefined {
  if (mark.repair !== repairId) {
    const isHistory = mark.outcome !== undefined && !node.unschedulable;
    const detail = `the node carries the mark of repair ${mark.repair}`;
    return isHistory ? undefined : { reason: 'taken-over', detail };
  }
  if (isIsolatedBy(node, repairId)) return undefined;
  return { reason: 'taken-over', detail: 'somebody changed the cordon that this repair had set' };
}

function describe(node: NodeFacts): string {
  const owner = node.unschedulableOwner ?? 'nobody';
  return `unschedulable is ${String(node.unschedulable)}, set by ${owner}`;
}

function notSick(expected: Expectation, finding: Finding): LookRefusal | undefined {
  if (finding.bootId !== expected.bootId) {
    return { reason: 'rebooted', detail: `the node is now in boot ${finding.bootId}` };
  }
  const verdict = verdictOf(expected, finding);
  if (verdict === 'faulty') return undefined;
  if (verdict === 'healthy') return { reason: 'healed', detail: 'every check is healthy again' };
  return { reason: 'unknown-health', detail: 'no fresh report says that the node is still faulty' };
}

function leftAlone(expected: Expectation, seen: Present): LookRefusal | undefined {
  return held(seen) ?? leaving(expected, seen) ?? notAllowed(seen);
}

function held({ node }: Present): LookRefusal | undefined {
  return isHeld(node) ? { reason: 'held', detail: 'the node is on hold' } : undefined;
}

/** Whoever removes the node ends its trouble too; to act on it now would only be in the way. */
function leaving({ policy }: Expectation, { node }: Present): LookRefusal | undefined {
  if (node.deleting) return { reason: 'being-deleted', detail: 'the node is being deleted' };
  if (policy.touch.disruptedByAutoscaler || !isBeingDisrupted(node)) return undefined;
  return { reason: 'disrupted-by-autoscaler', detail: taintsText(node) };
}

function taintsText({ taints }: NodeFacts): string {
  return `the taints of the node: ${taints.map(({ key }) => key).join(', ')}`;
}

function notAllowed({ paused, permit }: Present): LookRefusal | undefined {
  if (paused) return { reason: 'paused', detail: 'Slipway is paused' };
  return permit
    ? undefined
    : { reason: 'permit-lost', detail: 'the ledger holds no permit for this repair' };
}

function notWell(expected: Expectation, finding: Finding): LookRefusal | undefined {
  const verdict = verdictOf(expected, finding);
  if (verdict === 'healthy') return undefined;
  const reason = verdict === 'faulty' ? 'still-faulty' : 'unknown-health';
  return { reason, detail: 'the newest reports do not say that the node is well' };
}

function verdictOf({ checks }: Expectation, { reports, bootId, ready }: Finding): Verdict {
  return healthOf(reports, { bootId, ready, checks });
}
