/** Whether a node's record calls for a repair, news for a running one, or nothing and why (ADR 15). */
import {
  isBeingDisrupted,
  isHeld,
  isolationMark,
  isHandedOver as isMarkedHandedOver,
} from '../marks.ts';
import type { NodeFacts } from '../node.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { Mode } from '../vocabulary/repair.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import { isHandedOver } from './evolve.ts';
import type { DispatchPolicy } from './policy.ts';
import type { CheckRecord, DispatchDecision, EpisodeRecord } from './types.ts';

export type DispatchContext = {
  /** The node as it is now, if the cache knows it. */
  readonly node: NodeFacts | undefined;
  readonly policies: readonly DispatchPolicy[];
  readonly mode: Mode;
};

export function decide(
  record: EpisodeRecord,
  context: DispatchContext,
  now: EpochMs,
): DispatchDecision {
  const { episode, reports } = record;
  if (episode && episode.outcome === undefined)
    return { kind: 'inform', repairId: episode.repairId };
  const faults = reports.filter(({ verdict }) => verdict === 'faulty');
  if (faults.length === 0) return { kind: 'ignore', reason: 'not-faulty' };
  const due = faults.flatMap((report) => dueOf(report, context.policies));
  if (due.length === 0) return { kind: 'ignore', reason: 'no-policy' };
  const { node } = context;
  const reason = handedOver(record, context);
  if (reason) return { kind: 'ignore', reason };
  if (!node) return { kind: 'ignore', reason: 'node-unknown' };
  if (node.uid !== record.nodeUid) return { kind: 'ignore', reason: 'wrong-node-uid' };
  return decideOn(
    due
      .filter(({ report }) => report.bootId === node.bootId)
      .toSorted((one, other) => one.at - other.at)
      .map((one) => answerTo(one, record, { node, now })),
  );
}

type Due = {
  readonly report: CheckRecord;
  readonly policy: DispatchPolicy;
  readonly at: EpochMs;
};

function dueOf(report: CheckRecord, policies: readonly DispatchPolicy[]): Due[] {
  const policy = policyFor(report.check, policies);
  if (!policy) return [];
  return [{ report, policy, at: (report.faultySince ?? report.heardAt) + policy.holdDownMs }];
}

export function policyFor(
  check: string,
  policies: readonly DispatchPolicy[],
): DispatchPolicy | undefined {
  return policies.find((policy) => policy.checks.includes(check));
}

/** The record rules; the mark speaks only where the record was lost. What was merely observed may still be done. */
function handedOver(
  { episode, clearedAt }: EpisodeRecord,
  { node, mode }: DispatchContext,
): ReasonCode | undefined {
  if (mode === 'act' && episode?.outcome === 'observed') return undefined;
  if (isHandedOver(episode?.outcome)) return 'handed-over';
  const isLost = !episode && clearedAt === undefined;
  return isLost && node && isMarkedHandedOver(node) ? 'handed-over' : undefined;
}

/** What one policy forbids another may allow; what only has to wait says when to look again. */
function decideOn(answers: readonly DispatchDecision[]): DispatchDecision {
  const open = answers.find(({ kind }) => kind === 'open');
  const later = answers.find((one) => one.kind === 'ignore' && one.lookAgainAt !== undefined);
  // A fault of another boot says nothing about this one.
  return open ?? later ?? answers[0] ?? { kind: 'ignore', reason: 'unknown-health' };
}

function answerTo(
  { report, policy, at }: Due,
  record: EpisodeRecord,
  { node, now }: { readonly node: NodeFacts; readonly now: EpochMs },
): DispatchDecision {
  const reason = untouchableReason(node, policy);
  if (reason) return { kind: 'ignore', reason };
  if (isSpent(record, report.eventId)) return { kind: 'ignore', reason: 'not-newer' };
  if (now < at) return { kind: 'ignore', reason: 'holding-down', lookAgainAt: at };
  const { check, eventId } = report;
  return { kind: 'open', check, eventId, policy: policy.name };
}

/** Why automation leaves this node alone, if it does; asked again by the fresh look before isolation. */
export function untouchableReason(node: NodeFacts, policy: DispatchPolicy): ReasonCode | undefined {
  if (isHeld(node)) return 'held';
  if (node.deleting) return 'being-deleted';
  if (node.controlPlane && !policy.touch.controlPlane) return 'control-plane';
  if (!policy.touch.disruptedByAutoscaler && isBeingDisrupted(node))
    return 'disrupted-by-autoscaler';
  return isSomebodyElses(node) && !policy.touch.cordonedByOther ? 'cordoned-by-other' : undefined;
}

/** Out of service by a person, or kept for one by a repair that handed it over. */
function isSomebodyElses(node: NodeFacts): boolean {
  const mark = isolationMark(node);
  return node.unschedulable && (mark === undefined || mark.outcome !== undefined);
}

/** The report that opened the last episode opens no second one: it is older than how that one ended. */
function isSpent({ episode }: EpisodeRecord, eventId: string): boolean {
  return episode?.openingEventId === eventId && episode.outcome !== 'observed';
}
