/** How a node's record changes. Times are the stream's (DESIGN 6). */
import type { FaultEvent, StoredFault } from '../fault.ts';
import type { EpochMs, Outcome, ReasonCode } from '../vocabulary.ts';
import type { CheckRecord, Episode, EpisodeRecord } from './types.ts';

/** Boots and UIDs older than these are forgotten: no redelivery comes that late. */
const formerKept = 5;

export type DispatchEvent =
  | { readonly kind: 'reported'; readonly fault: StoredFault; readonly soakMs: number }
  | { readonly kind: 'opened'; readonly episode: Episode }
  | { readonly kind: 'ignored'; readonly reason: ReasonCode; readonly at: EpochMs }
  | {
      readonly kind: 'closed';
      readonly repairId: string;
      readonly outcome: Outcome;
      readonly reason: ReasonCode;
      readonly at: EpochMs;
    };

export function emptyRecord({ cluster, node, nodeUid }: FaultEvent): EpisodeRecord {
  return { version: 1, cluster, node, nodeUid, formerUids: [], boots: [], checks: {} };
}

/** Whether a report says something the record does not know: later boot, or same boot and higher counter. */
export function isNews(record: EpisodeRecord, event: FaultEvent): boolean {
  if (record.nodeUid !== event.nodeUid) return !record.formerUids.includes(event.nodeUid);
  if (isEarlierBoot(record, event.bootId)) return false;
  const known = record.checks[event.check];
  return known?.bootId !== event.bootId || event.counter > known.counter;
}

export function evolve(record: EpisodeRecord, event: DispatchEvent): EpisodeRecord {
  switch (event.kind) {
    case 'reported':
      return reported(record, event.fault, event.soakMs);
    case 'opened':
      return { ...record, episode: event.episode, clearedAt: undefined, ignored: undefined };
    case 'ignored':
      if (record.ignored?.reason === event.reason) return record;
      return { ...record, ignored: { reason: event.reason, since: event.at } };
    case 'closed':
      return closed(record, event);
  }
}

/** All others keep away, those of a newer version too. */
const endedWell: readonly Outcome[] = ['repaired', 'recovered'];

/** After these outcomes nothing new opens until the node has been well for the soak time. */
export function isHandedOver(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && !endedWell.includes(outcome);
}

function reported(before: EpisodeRecord, fault: StoredFault, soakMs: number): EpisodeRecord {
  const { event, storedAt } = fault;
  const record =
    before.nodeUid === event.nodeUid
      ? cleared(before, storedAt, soakMs)
      : { ...emptyRecord(event), formerUids: withNewest(before.formerUids, before.nodeUid) };
  const checks = {
    ...record.checks,
    [event.check]: checkRecord(record.checks[event.check], fault),
  };
  const healthy = Object.values(checks).every((check) => check.verdict === 'healthy');
  return {
    ...record,
    boots: withNewest(record.boots, event.bootId),
    checks,
    healthySince: healthy ? (record.healthySince ?? storedAt) : undefined,
  };
}

function withNewest(known: readonly string[], newest: string): readonly string[] {
  return [...known.filter((one) => one !== newest), newest].slice(-formerKept);
}

/** A node that has been well for the soak time, counted from the hand-over at the earliest, is Slipway's again. */
function cleared(record: EpisodeRecord, at: EpochMs, soakMs: number): EpisodeRecord {
  const { episode, healthySince = Number.POSITIVE_INFINITY } = record;
  if (episode && !isHandedOver(episode.outcome)) return record;
  const wellSince = Math.max(healthySince, episode?.closedAt ?? 0);
  return at - wellSince >= soakMs ? { ...record, episode: undefined, clearedAt: at } : record;
}

function checkRecord(
  known: CheckRecord | undefined,
  { event, sequence, storedAt }: StoredFault,
): CheckRecord {
  const { verdict, bootId, counter, source, reason, message } = event;
  const since = verdict === 'faulty' ? (known?.faultySince ?? storedAt) : undefined;
  const faultySince = verdict === 'unknown' ? known?.faultySince : since;
  return {
    // What a newer version noted beside it stays.
    ...known,
    verdict,
    bootId,
    counter,
    sequence,
    storedAt,
    eventId: event.id,
    source,
    reason,
    message,
    faultySince,
  };
}

function closed(
  record: EpisodeRecord,
  event: Extract<DispatchEvent, { kind: 'closed' }>,
): EpisodeRecord {
  const { episode } = record;
  if (episode?.repairId !== event.repairId || episode.outcome !== undefined) return record;
  const { outcome, reason, at } = event;
  return { ...record, episode: { ...episode, outcome, reason, closedAt: at } };
}

function isEarlierBoot(record: EpisodeRecord, bootId: string): boolean {
  return record.boots.slice(0, -1).includes(bootId);
}
