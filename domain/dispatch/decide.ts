/** Whether a node's record calls for a repair, news for a running one, or nothing and why (DESIGN 6, 8a). */
import { isHeld, isolationMark, isHandedOver as isMarkedHandedOver } from '../marks.ts';
import type { NodeFacts } from '../node.ts';
import { foreignMarks } from '../vocabulary.ts';
import type { EpochMs, Mode, ReasonCode } from '../vocabulary.ts';
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
  const { episode } = record;
  if (episode && episode.outcome === undefined)
    return { kind: 'inform', repairId: episode.repairId };
  const due = earliestDue(record, context.policies);
  if (!due)
    return { kind: 'ignore', reason: faultyChecks(record).length > 0 ? 'no-policy' : 'not-faulty' };
  const reason = handedOver(record, context) ?? untouchable(record, context.node, due.policy);
  if (reason) return { kind: 'ignore', reason };
  if (isSpent(record, due.eventId)) return { kind: 'ignore', reason: 'not-newer' };
  if (now < due.at) return { kind: 'ignore', reason: 'holding-down', lookAgainAt: due.at };
  return { kind: 'open', check: due.check, policy: due.policy.name };
}

export function policyFor(
  check: string,
  policies: readonly DispatchPolicy[],
): DispatchPolicy | undefined {
  return policies.find((policy) => policy.checks.includes(check));
}

/** Why automation leaves this node alone, if it does; asked again by the fresh look before isolation. */
export function untouchableReason(node: NodeFacts, policy: DispatchPolicy): ReasonCode | undefined {
  if (isHeld(node)) return 'held';
  if (node.deleting) return 'being-deleted';
  if (node.controlPlane && !policy.touch.controlPlane) return 'control-plane';
  if (!policy.touch.disruptedByAutoscaler && isDisrupted(node)) return 'disrupted-by-autoscaler';
  return isSomebodyElses(node) && !policy.touch.cordonedByOther ? 'cordoned-by-other' : undefined;
}

function untouchable(
  record: EpisodeRecord,
  node: NodeFacts | undefined,
  policy: DispatchPolicy,
): ReasonCode | undefined {
  if (!node) return 'node-unknown';
  if (node.uid !== record.nodeUid) return 'wrong-node-uid';
  return untouchableReason(node, policy);
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

/** The report that opened the last episode opens no second one: it is older than how that one ended. */
function isSpent({ episode }: EpisodeRecord, eventId: string): boolean {
  return episode?.openingEventId === eventId && episode.outcome !== 'observed';
}

type Due = {
  readonly check: string;
  readonly eventId: string;
  readonly policy: DispatchPolicy;
  readonly at: EpochMs;
};

function earliestDue(record: EpisodeRecord, policies: readonly DispatchPolicy[]): Due | undefined {
  const due = faultyChecks(record).flatMap(([check, { eventId, faultySince, storedAt }]) => {
    const policy = policyFor(check, policies);
    if (!policy) return [];
    return [{ check, eventId, policy, at: (faultySince ?? storedAt) + policy.holdDownMs }];
  });
  return due.toSorted((one, other) => one.at - other.at)[0];
}

function faultyChecks(record: EpisodeRecord): [string, CheckRecord][] {
  return Object.entries(record.checks).filter(([, check]) => check.verdict === 'faulty');
}

/** Out of service by a person, or kept for one by a repair that handed it over. */
function isSomebodyElses(node: NodeFacts): boolean {
  const mark = isolationMark(node);
  return node.unschedulable && (mark === undefined || mark.outcome !== undefined);
}

function isDisrupted(node: NodeFacts): boolean {
  return node.taints.some((taint) => foreignMarks.disruptionTaints.some((key) => key === taint));
}
