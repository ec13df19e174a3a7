/** Which changes of a node's conditions are news. Transitions are reported, heartbeats never. */
import type { Beats, LastSeen } from '../dispatch/types.ts';
import type { Verdict } from '../fault.ts';
import type { NodeCondition, NodeFacts } from '../node.ts';
import { conditionRules, longestMessage, longestReason, staleAfterMs } from './policy.ts';
import type { ConditionRule, LastReport, NodeMemory, ReportDraft, Sighting } from './types.ts';

/**
 * Looks at a node once: what to report, and what to remember. Another UID is another node, about which nothing is
 * known; another boot makes every report stale, so each check that was ever reported is reported again.
 */
export function decide(
  before: NodeMemory | undefined,
  facts: NodeFacts,
  rules: readonly ConditionRule[] = conditionRules,
): Sighting {
  const memory = remember(before, facts);
  // A node that never told its boot has not run yet.
  if (facts.bootId === '') return { memory, reports: [] };
  const reports = rules.flatMap((rule) => report(memory, facts, rule));
  const reported = Object.fromEntries(reports.map((draft) => [draft.check, lastReport(draft)]));
  return { memory: { ...memory, reports: { ...memory.reports, ...reported } }, reports };
}

function remember(before: NodeMemory | undefined, facts: NodeFacts): NodeMemory {
  const known = before?.nodeUid === facts.uid ? before : memoryOf(facts.uid, []);
  const heartbeats = heartbeatsOf(facts);
  const { bootId } = facts;
  if (known.bootId === bootId) return { ...known, heartbeats };
  // Of a boot that began before anybody looked nothing is left over from another one, as far as can be known.
  if (known.bootId === '') return { ...known, bootId, heartbeats };
  const firstReadyAt = heartbeats['Ready'] ?? 0;
  return { ...known, bootId, heartbeats, heartbeatsBefore: known.heartbeats, firstReadyAt };
}

/** What a fresh start knows: the newest report of each check of one node, and what was last seen of it, if anything. */
export function memoryOf(
  nodeUid: string,
  reports: readonly LastReport[],
  seen?: LastSeen,
): NodeMemory {
  // Where nothing was written down, the reports at least tell their boot.
  const bootId = reports.at(-1)?.bootId ?? '';
  const last = seen ?? { bootId, firstReadyAt: 0, beats: {}, beatsBefore: {} };
  return {
    nodeUid,
    bootId: last.bootId,
    reports: Object.fromEntries(reports.map((one) => [one.check, one])),
    heartbeats: last.beats,
    heartbeatsBefore: last.beatsBefore,
    firstReadyAt: last.firstReadyAt,
  };
}

/** When each condition was last confirmed, where its writer says so. */
export function heartbeatsOf({ conditions }: NodeFacts): Beats {
  return Object.fromEntries(
    conditions.flatMap(({ type, heartbeatAt }) =>
      heartbeatAt === undefined ? [] : [[type, heartbeatAt]],
    ),
  );
}

type ConditionJudgement = {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly message: string;
};

/** A condition that is missing is unknown, not healthy. */
const withdrawn: ConditionJudgement = {
  verdict: 'unknown',
  reason: 'ConditionRemoved',
  message: 'The node no longer carries this condition.',
};

function report(memory: NodeMemory, facts: NodeFacts, rule: ConditionRule): readonly ReportDraft[] {
  const last = memory.reports[rule.type];
  const condition = facts.conditions.find(({ type }) => type === rule.type);
  if (!condition && !last) return [];
  const said = condition ? evidence(memory, rule, condition) : withdrawn;
  // A first report that a check is healthy is not sent: the start of a fleet would send thousands.
  if (!last && said.verdict !== 'faulty') return [];
  if (last?.bootId === facts.bootId && last.verdict === said.verdict) return [];
  return [
    {
      node: facts.name,
      nodeUid: facts.uid,
      bootId: facts.bootId,
      check: rule.type,
      verdict: said.verdict,
      reason: said.reason.slice(0, longestReason),
      message: said.message.slice(0, longestMessage),
      counter: counter(facts, last),
    },
  ];
}

function evidence(
  memory: NodeMemory,
  rule: ConditionRule,
  condition: NodeCondition,
): ConditionJudgement {
  const { status, reason, message } = condition;
  const doubt = doubtOf(memory, rule, condition);
  return doubt
    ? { verdict: 'unknown', ...doubt }
    : { verdict: rule.verdicts[status], reason, message };
}

const minuteMs = 60_000;

/** Why a condition that is there is no evidence, if it is none. */
function doubtOf(
  memory: NodeMemory,
  { beats }: ConditionRule,
  { type, status, message }: NodeCondition,
): Omit<ConditionJudgement, 'verdict'> | undefined {
  if (isLeftOver(memory, type))
    return {
      reason: 'NotReportedSinceBoot',
      message: `Still ${status} from the boot before: ${message}`,
    };
  const lagMs = beats ? lagOf(memory, type) : 0;
  if (lagMs <= staleAfterMs) return undefined;
  const ago = Number.isFinite(lagMs)
    ? `for ${Math.floor(lagMs / minuteMs)} minutes`
    : 'at any time';
  return {
    reason: 'NotConfirmed',
    message: `Says ${status}, which its writer has not confirmed ${ago}: ${message}`,
  };
}

/**
 * Conditions outlive a reboot on the Node object until their writer starts again. One that has not been confirmed
 * since says nothing about this boot. Times are whole seconds: within one second there is no telling, so it is believed.
 */
function isLeftOver(
  { heartbeats, heartbeatsBefore, firstReadyAt }: NodeMemory,
  type: string,
): boolean {
  const heartbeatAt = heartbeats[type];
  if (heartbeatAt === undefined || heartbeatAt === firstReadyAt) return false;
  return heartbeatAt === heartbeatsBefore[type] || heartbeatAt < firstReadyAt;
}

/** How far a condition's heartbeat is behind the kubelet's own: both are the node's clock. */
function lagOf({ heartbeats }: NodeMemory, type: string): number {
  const readyAt = heartbeats['Ready'];
  if (readyAt === undefined) return 0;
  return readyAt - (heartbeats[type] ?? Number.NEGATIVE_INFINITY);
}

/** The node's resource version; more than the last one within a boot, even if the API server was restored. */
function counter(facts: NodeFacts, last: LastReport | undefined): number {
  const version = Number(facts.resourceVersion) || 0;
  return last?.bootId === facts.bootId ? Math.max(version, last.counter + 1) : version;
}

function lastReport({ check, bootId, verdict, counter: count }: ReportDraft): LastReport {
  return { check, bootId, verdict, counter: count };
}
