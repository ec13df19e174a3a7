/** What the audit log and the BMC's call log say of one scenario; no word of the engine is asked for or believed. */
import type { Outcome } from '../domain/vocabulary/repair.ts';
import {
  evictions,
  nodeVersions,
  podsTouchedBy,
  resets,
  turns,
  type NodeVersion,
  type ApiWrite,
} from '../embedded/oracle/index.ts';
import type { BmcCall } from '../schemas/local/hardware.ts';
import { faultyCheck, type Scenario } from './scenarios.ts';

/** Everything the two logs hold so far. */
export type LogEvidence = {
  readonly writes: readonly ApiWrite[];
  readonly calls: readonly BmcCall[];
};

export type ScenarioVerdict = {
  /** `open` until the logs show an end. */
  readonly outcome: Outcome | 'open';
  /** From the fault to the end, by the API server's clock; to the last write to the node while open. */
  readonly seconds: number;
  /** When it ended, by the API server's clock. */
  readonly endedAtMs: number;
  /** The repair that the mark on the node names. */
  readonly repairId?: string;
  readonly resets: readonly string[];
  /** Evictions that a disruption budget has refused. */
  readonly refusedEvictions: number;
  /** One sentence for each thing that did not happen as it should have. */
  readonly problems: readonly string[];
};

const actor = 'slipway-actor';
const markPrefix = 'slipway.dev/';
const isolationMark = `${markPrefix}isolation`;
const repairLabel = `${markPrefix}repair`;
const created = 201;
const tooManyRequests = 429;

/** Judges one scenario; without problems it ended right. */
export function judge(scenario: Scenario, node: string, evidence: LogEvidence): ScenarioVerdict {
  const story = read(node, evidence);
  const repairId = story.versions.map((version) => markOf(version)['repair']).find(isText);
  const isOpen = story.outcome === 'open';
  return {
    outcome: story.outcome,
    seconds: Math.round((story.endedAtMs - story.faultAtMs) / 100) / 10,
    endedAtMs: story.endedAtMs,
    ...(repairId !== undefined && { repairId }),
    resets: story.resets,
    refusedEvictions: story.evictions.filter((status) => status === tooManyRequests).length,
    problems: isOpen ? ['it did not end'] : problemsOf(scenario, story),
  };
}

type NodeStory = {
  readonly versions: readonly NodeVersion[];
  readonly faultAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: Outcome | 'open';
  /** Who cordoned the node, each time. */
  readonly cordonedBy: readonly string[];
  /** The version in which the node went back or was handed over. */
  readonly end: NodeVersion | undefined;
  readonly resets: readonly string[];
  /** The answers to evictions of this node's pods. */
  readonly evictions: readonly number[];
  /** Keys of Slipway that are still on the pods it had labelled. */
  readonly labelsLeft: readonly string[];
};

function read(node: string, { writes, calls }: LogEvidence): NodeStory {
  const versions = nodeVersions(writes, node);
  const pods = podsTouchedBy(writes, actor, node);
  const names = new Set(pods.map(({ metadata }) => metadata.name));
  const uncordonedAtMs = turns(writes, node).find(({ to }) => to === 'uncordoned')?.answeredAtMs;
  const returned = versions.find(({ answeredAtMs }) => answeredAtMs === uncordonedAtMs);
  const end = returned ?? versions.find((version) => markOf(version)['outcome'] !== undefined);
  const resetTypes = resets(calls, node).map(({ resetType }) => resetType ?? '');
  const faultAtMs = versions.find(isFaulty)?.answeredAtMs ?? 0;
  return {
    versions,
    faultAtMs,
    endedAtMs: end?.answeredAtMs ?? versions.at(-1)?.answeredAtMs ?? faultAtMs,
    outcome: end ? outcomeOf(end, resetTypes.length) : 'open',
    cordonedBy: turns(writes, node).flatMap(({ to, user }) => (to === 'cordoned' ? [user] : [])),
    end,
    resets: resetTypes,
    evictions: evictions(writes).flatMap(({ name, status }) =>
      names.has(name ?? '') ? [status] : [],
    ),
    labelsLeft: pods.flatMap(({ metadata }) =>
      repairLabel in metadata.labels ? [repairLabel] : [],
    ),
  };
}

function isFaulty(version: NodeVersion): boolean {
  return conditionOf(version, faultyCheck) === 'True';
}

/** A node that went back: with a reset it was repaired; without one it was well again, or a person called it off. */
function outcomeOf(end: NodeVersion, resetCount: number): Outcome {
  const handedOverAs = markOf(end)['outcome'];
  if (handedOverAs !== undefined) return handedOverAs === 'escalated' ? 'escalated' : 'taken-over';
  if (!isWell(end)) return 'cancelled';
  return resetCount > 0 ? 'repaired' : 'recovered';
}

function isWell(version: NodeVersion): boolean {
  return conditionOf(version, faultyCheck) === 'False' && conditionOf(version, 'Ready') === 'True';
}

function conditionOf({ node }: NodeVersion, type: string): string | undefined {
  return node.status.conditions.find((condition) => condition.type === type)?.status;
}

function markOf({ node }: NodeVersion): Readonly<Record<string, unknown>> {
  const text = node.metadata.annotations[isolationMark];
  const value: unknown = text === undefined ? {} : JSON.parse(text);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** What should be true, and what is said where it is not. */
export type Claim = readonly [holds: boolean, otherwise: string];

function problemsOf(scenario: Scenario, story: NodeStory): string[] {
  const { outcome, resets: wanted } = scenario.expected;
  const cordoned = story.cordonedBy.join(', ') || 'nobody';
  const isOut = story.versions.at(-1)?.node.spec.unschedulable === true;
  const claims: readonly Claim[] = [
    [story.outcome === outcome, `it ended as ${story.outcome}, not as ${outcome}`],
    [cordoned === actor, `it was isolated by: ${cordoned}`],
    [
      story.resets.join() === wanted.join(),
      `the BMC accepted [${story.resets.join(', ')}], not [${wanted.join(', ')}]`,
    ],
    [story.end?.user === actor, `${story.end?.user ?? 'nobody'} ended it`],
    [outcome !== 'repaired' || hasBooted(story), 'the machine did not boot anew'],
    [isOut === (outcome === 'escalated'), `the node is ${isOut ? 'still' : 'no longer'} cordoned`],
    ...(scenario.guardedApp === undefined ? [] : untouchedClaims(story)),
  ];
  return untrue(claims);
}

export function untrue(claims: readonly Claim[]): string[] {
  return claims.flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
}

function hasBooted({ versions, end }: NodeStory): boolean {
  return versions[0]?.node.status.nodeInfo.bootID !== end?.node.status.nodeInfo.bootID;
}

/** What must be true where a budget kept the pods: tried, never forced, and nothing of ours left. */
function untouchedClaims({
  evictions: answers,
  labelsLeft,
  versions,
}: NodeStory): readonly Claim[] {
  const annotations = Object.keys(versions.at(-1)?.node.metadata.annotations ?? {});
  return [
    [answers.includes(tooManyRequests), 'no eviction was refused by the disruption budget'],
    [!answers.includes(created), 'a pod was evicted although its budget forbade it'],
    [labelsLeft.length === 0, 'a pod still carries the label of the repair'],
    [!annotations.some((key) => key.startsWith(markPrefix)), 'a mark was left on the node'],
  ];
}
