/** One turn of a node's record: what it becomes by what is seen now, and what follows from that (ADR 15). */
import { heartbeatsOf } from '../conditions/decide.ts';
import type { NodeFacts } from '../node.ts';
import { policyDefaults } from '../repair/policy.ts';
import type { RepairPolicy } from '../repair/policy.ts';
import type { Mode } from '../vocabulary/repair.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import { decide } from './decide.ts';
import { clearsAt, evolve, untold } from './evolve.ts';
import { relapseOf } from './relapse.ts';
import type { CheckRecord, DispatchDecision, Episode, EpisodeRecord } from './types.ts';

export type TurnContext = {
  /** The node as the cluster has it now; none where it has no such node. */
  readonly node: NodeFacts | undefined;
  readonly policies: readonly RepairPolicy[];
  readonly mode: Mode;
  /** The id of the repair that an event opens. */
  readonly idOf: (by: {
    readonly cluster: string;
    readonly nodeUid: string;
    readonly openingEventId: string;
  }) => string;
};

export type RecordTurn = { readonly record: EpisodeRecord; readonly decision: DispatchDecision };

export function turnOf(record: EpisodeRecord, context: TurnContext, now: EpochMs): RecordTurn {
  const seen = sighted(record, context, now);
  const decision = decide(seen, context, now);
  return { record: noted(seen, decision, context, now), decision };
}

/** A node that is not there, or has another UID, is not seen. */
function sighted(
  record: EpisodeRecord,
  { node, policies }: TurnContext,
  at: EpochMs,
): EpisodeRecord {
  if (node?.uid !== record.nodeUid) return record;
  return evolve(record, {
    kind: 'seen',
    bootId: node.bootId,
    ready: node.ready === 'True',
    beats: heartbeatsOf(node),
    checks: namedChecks(policies),
    soakMs: soakMsOf(record, policies),
    at,
  });
}

function noted(
  record: EpisodeRecord,
  decision: DispatchDecision,
  context: TurnContext,
  at: EpochMs,
): EpisodeRecord {
  switch (decision.kind) {
    case 'open':
      return opened(record, episodeOf(record, decision, context, at), context);
    case 'ignore':
      return evolve(record, { kind: 'ignored', reason: decision.reason, at });
    case 'inform':
      return record;
  }
}

/** What opens a repair is all it has to hear, unless other checks are faulty too. */
function opened(record: EpisodeRecord, episode: Episode, { policies }: TurnContext): EpisodeRecord {
  const open = evolve(record, { kind: 'opened', episode });
  if (newsOf(open, policies).length > 0) return open;
  const { repairId } = episode;
  return evolve(open, { kind: 'told', repairId, through: record.place });
}

/** The id comes from the opening event, so that a second start of the same episode is the same repair. */
function episodeOf(
  record: EpisodeRecord,
  { check, policy, eventId }: Extract<DispatchDecision, { kind: 'open' }>,
  { policies, idOf }: TurnContext,
  openedAt: EpochMs,
): Episode {
  const rules = policies.find(({ name }) => name === policy);
  const relapse = rules && relapseOf(record, rules, openedAt);
  const { cluster, nodeUid } = record;
  const repairId = idOf({ cluster, nodeUid, openingEventId: eventId + observedBy(record) });
  const opening = { repairId, openedAt, openingEventId: eventId, check, policy };
  return { ...opening, ...(relapse && { relapse }) };
}

/** Who acts on what was only observed so far needs an id of its own: the observer's journal stays as it is. */
function observedBy({ episode }: EpisodeRecord): string {
  return episode?.outcome === 'observed' ? ` after ${episode.repairId}` : '';
}

/** What the open episode's repair has not heard yet. */
export function newsOf(
  record: EpisodeRecord,
  policies: readonly RepairPolicy[],
): readonly CheckRecord[] {
  return untold(record, namedChecks(policies));
}

function namedChecks(policies: readonly RepairPolicy[]): readonly string[] {
  return policies.flatMap(({ checks }) => checks);
}

/** When to see whether a hand-over is over: no report need come by itself then. */
export function wellAt(
  record: EpisodeRecord,
  policies: readonly RepairPolicy[],
): EpochMs | undefined {
  return record.episode && clearsAt(record, soakMsOf(record, policies));
}

/** By the policy of its present or last episode. */
export function soakMsOf(
  record: EpisodeRecord | undefined,
  policies: readonly RepairPolicy[],
): number {
  const policy = policies.find(({ name }) => name === record?.episode?.policy);
  return policy?.soakMs ?? policyDefaults.soakMs;
}
