/** Which changes of a node's conditions are news. Transitions are reported, heartbeats never. */
import type { Verdict } from '../fault.ts';
import type { NodeCondition, NodeFacts } from '../node.ts';
import { conditionRules, longestMessage, longestReason } from './policy.ts';
import type {
  ConditionRule,
  Heartbeats,
  LastReport,
  NodeMemory,
  ReportDraft,
  Sighting,
} from './types.ts';

/** What a fresh start knows: the newest report of each check of one node, and nothing seen yet. */
export function memoryOf(nodeUid: string, reports: readonly LastReport[]): NodeMemory {
  return {
    nodeUid,
    bootId: '',
    reports: Object.fromEntries(reports.map((last) => [last.check, last])),
    heartbeats: {},
    heartbeatsBefore: {},
    firstReadyAt: 0,
  };
}

/**
 * Looks at a node once: what to report, and what to remember. Another UID is another node, about which nothing is
 * known; another boot makes every report stale, so each check that was ever reported is reported again.
 */
export function decide(before: NodeMemory | undefined, facts: NodeFacts): Sighting {
  const memory = remember(before, facts);
  // A node that never told its boot has not run yet.
  if (facts.bootId === '') return { memory, reports: [] };
  const reports = conditionRules.flatMap((rule) => report(memory, facts, rule));
  const reported = Object.fromEntries(reports.map((draft) => [draft.check, lastReport(draft)]));
  return { memory: { ...memory, reports: { ...memory.reports, ...reported } }, reports };
}

function remember(before: NodeMemory | undefined, facts: NodeFacts): NodeMemory {
  const known = before?.nodeUid === facts.uid ? before : memoryOf(facts.uid, []);
  const heartbeats = heartbeatsOf(facts);
  if (known.bootId === facts.bootId) return { ...known, heartbeats };
  return {
    ...known,
    bootId: facts.bootId,
    heartbeats,
    heartbeatsBefore: known.heartbeats,
    firstReadyAt: heartbeats['Ready'] ?? 0,
  };
}

function heartbeatsOf({ conditions }: NodeFacts): Heartbeats {
  return Object.fromEntries(
    conditions.flatMap(({ type, heartbeatAt }) =>
      heartbeatAt === undefined ? [] : [[type, heartbeatAt]],
    ),
  );
}

function report(memory: NodeMemory, facts: NodeFacts, rule: ConditionRule): readonly ReportDraft[] {
  const last = memory.reports[rule.type];
  const condition = facts.conditions.find(({ type }) => type === rule.type);
  if (!condition && !last) return [];
  const said = condition ? evidence(memory, rule, condition) : withdrawn;
  // Health that was never in doubt is no transition: a fleet's start must not be a flood.
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

type Evidence = {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly message: string;
};

/** Silence is not health. */
const withdrawn: Evidence = {
  verdict: 'unknown',
  reason: 'ConditionRemoved',
  message: 'The node no longer carries this condition.',
};

function evidence(
  memory: NodeMemory,
  rule: ConditionRule,
  { type, status, reason, message }: NodeCondition,
): Evidence {
  if (!isLeftOver(memory, type)) return { verdict: rule.verdicts[status], reason, message };
  return {
    verdict: 'unknown',
    reason: 'NotReportedSinceBoot',
    message: `Still ${status} from the boot before: ${message}`,
  };
}

/**
 * Conditions outlive a reboot on the Node object until their writer starts again. One that has not been confirmed
 * since says nothing about this boot. Times are whole seconds: within one second there is no telling, so it is believed.
 */
function isLeftOver(memory: NodeMemory, type: string): boolean {
  const heartbeatAt = memory.heartbeats[type] ?? Number.POSITIVE_INFINITY;
  return heartbeatAt === memory.heartbeatsBefore[type] && heartbeatAt < memory.firstReadyAt;
}

/** The node's resource version; more than the last one within a boot, even if the API server was restored. */
function counter(facts: NodeFacts, last: LastReport | undefined): number {
  const version = Number(facts.resourceVersion) || 0;
  return last?.bootId === facts.bootId ? Math.max(version, last.counter + 1) : version;
}

function lastReport({ check, bootId, verdict, counter: count }: ReportDraft): LastReport {
  return { check, bootId, verdict, counter: count };
}
