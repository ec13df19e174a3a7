/** How a node's record changes. Times are the engine's own: each is compared with no other clock's (ADR 15). */
import { checksOf, healthOf, isSameKey, withReport } from '../evidence.ts';
import type { FaultEvent, StoredFault } from '../fault.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { Outcome } from '../vocabulary/repair.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import { withPast } from './relapse.ts';
import type { Beats, CheckRecord, Episode, EpisodeRecord, LastSeen } from './types.ts';

/** UIDs older than these are forgotten: no redelivery comes that late. */
const formerKept = 5;

export type DispatchEvent =
  | (HeardReport & { readonly kind: 'reported' })
  | (Sight & { readonly kind: 'seen' })
  | { readonly kind: 'opened'; readonly episode: Episode }
  | { readonly kind: 'passed'; readonly sequence: number }
  | { readonly kind: 'requeueAsked'; readonly number: number }
  | { readonly kind: 'requeueAnswered'; readonly number: number }
  | { readonly kind: 'told'; readonly repairId: string; readonly through: number }
  | { readonly kind: 'attemptBegun'; readonly repairId: string; readonly sequence: number }
  | { readonly kind: 'ignored'; readonly reason: ReasonCode; readonly at: EpochMs }
  | {
      readonly kind: 'closed';
      readonly repairId: string;
      readonly outcome: Outcome;
      readonly reason: ReasonCode;
      /** What was done, as far as it is known. */
      readonly rung?: number | undefined;
      readonly isolated?: boolean;
      readonly at: EpochMs;
    };

/** A report, and what is known when it is heard. */
export type HeardReport = {
  readonly fault: StoredFault;
  /** The node's boot as the API server tells it; empty where it tells none. */
  readonly bootId: string;
  readonly soakMs: number;
  readonly at: EpochMs;
};

/** The node as the API server tells it, and what the policies want of it. */
export type Sight = {
  readonly bootId: string;
  readonly ready: boolean;
  readonly beats: Beats;
  /** The checks that any policy names. */
  readonly checks: readonly string[];
  readonly soakMs: number;
  readonly at: EpochMs;
};

/** The most that is kept of one node; a report of one check more is refused. */
export const mostChecks = { perObserver: 64, perNode: 128 } as const;

/** How many requeued reports of a node may wait at a time; more are refused. */
export const mostRequeued = 64;

export function evolve(record: EpisodeRecord, event: DispatchEvent): EpisodeRecord {
  return apply(record, event);
}

type DispatchEventOf<K extends DispatchEvent['kind']> = Extract<
  DispatchEvent,
  { readonly kind: K }
>;
type DispatchHandlers = {
  readonly [K in DispatchEvent['kind']]: (
    record: EpisodeRecord,
    event: DispatchEventOf<K>,
  ) => EpisodeRecord;
};

const endedWell: readonly Outcome[] = ['repaired', 'recovered'];

/** A record is read and written at each report: its texts are a reminder, the whole ones are in FAULTS. */
const longestKept = 400;

const handlers: DispatchHandlers = {
  reported,
  seen,
  opened: (record, { episode }) => ({
    ...record,
    episode,
    clearedAt: undefined,
    ignored: undefined,
  }),
  requeueAsked: (record, { number }) => requeued(record, true, number),
  requeueAnswered: (record, { number }) => requeued(record, false, number),
  passed: (record, { sequence }) => passed(record, sequence),
  told,
  ignored: (record, { reason, at }) => ignored(record, reason, at),
  attemptBegun,
  closed,
};

function apply<K extends DispatchEvent['kind']>(
  record: EpisodeRecord,
  event: DispatchEventOf<K>,
): EpisodeRecord {
  const handle: DispatchHandlers[K] = handlers[event.kind];
  return handle(record, event);
}

function reported(before: EpisodeRecord, heard: HeardReport): EpisodeRecord {
  const { event, sequence } = heard.fault;
  if (!isNews(before, heard)) return before;
  const record =
    before.nodeUid === event.nodeUid
      ? cleared(before, heard)
      : { ...emptyRecord(event), formerUids: withNewest(before.formerUids, before.nodeUid) };
  const reports = withHeard(record.reports, heard);
  return { ...record, reports, place: Math.max(record.place, sequence) };
}

/** Whether a report says something the record does not know. */
export function isNews(record: EpisodeRecord, heard: Omit<HeardReport, 'soakMs'>): boolean {
  const { nodeUid } = heard.fault.event;
  if (record.nodeUid !== nodeUid) return !record.formerUids.includes(nodeUid);
  return withHeard(record.reports, heard) !== record.reports;
}

export function emptyRecord({ cluster, node, nodeUid }: FaultEvent): EpisodeRecord {
  return { version: 1, cluster, node, nodeUid, formerUids: [], reports: [], place: 0 };
}

function withNewest(known: readonly string[], newest: string): readonly string[] {
  return [...known.filter((one) => one !== newest), newest].slice(-formerKept);
}

function withHeard(
  known: readonly CheckRecord[],
  { fault, bootId, at }: Omit<HeardReport, 'soakMs'>,
): readonly CheckRecord[] {
  if (isTooMany(known, fault.event)) return known;
  return withReport(known, checkRecord(known, fault, at), bootId);
}

/** Whether a report is about one check more than are kept. */
export function isTooMany(known: readonly CheckRecord[], event: FaultEvent): boolean {
  const isOf = ({ check, observer }: CheckRecord): boolean =>
    check === event.check && observer === event.observer;
  if (known.some(isOf)) return false;
  const keys = new Map(known.map((one) => [JSON.stringify([one.observer, one.check]), one]));
  const own = [...keys.values()].filter(({ observer }) => observer === event.observer);
  return keys.size >= mostChecks.perNode || own.length >= mostChecks.perObserver;
}

function checkRecord(
  known: readonly CheckRecord[],
  { event, sequence, storedAt }: StoredFault,
  heardAt: EpochMs,
): CheckRecord {
  const { check, observer, verdict, bootId, counter, id: eventId } = event;
  const texts = { reason: kept(event.reason), message: kept(event.message) };
  const said = { check, observer, verdict, bootId, counter, ...texts, eventId };
  const report = { ...said, sequence, storedAt, heardAt, saidSince: sequence };
  const ofThisKey = known.filter((one) => isSameKey(one, report));
  const same = ofThisKey.find((one) => one.bootId === bootId);
  const last = same ?? ofThisKey.at(-1);
  const since = verdict === 'faulty' ? (last?.faultySince ?? heardAt) : undefined;
  const faultySince = verdict === 'unknown' ? last?.faultySince : since;
  const saidSince = same?.verdict === verdict ? same.saidSince : sequence;
  // What a newer version noted beside it stays.
  return { ...last, ...report, saidSince, faultySince };
}

/** Cut by what it takes in JSON, where one character may take six. */
function kept(text: string): string {
  const fits = JSON.stringify(text).length <= longestKept;
  return fits ? text : `${text.slice(0, isPlain(text) ? longestKept - 3 : longestKept / 6)}…`;
}

function isPlain(text: string): boolean {
  return JSON.stringify(text).length === text.length + 2;
}

/** Health changes with the boot and the kubelet too, so it is judged anew whenever the node is looked at. */
function seen(record: EpisodeRecord, sight: Sight): EpisodeRecord {
  const { bootId, ready, at } = sight;
  const wanted = [...sight.checks, record.episode?.check];
  const checks = checksOf(record.reports).filter((check) => wanted.includes(check));
  const isWell = healthOf(record.reports, { bootId, ready, checks }) === 'healthy';
  const healthySince = isWell ? (record.healthySince ?? at) : undefined;
  const judged = healthySince === record.healthySince ? record : { ...record, healthySince };
  return remembered(record, cleared(judged, sight), sight);
}

/** Heartbeats alone are no reason to write, unless a repair is under way: the machine may boot at any time then. */
function remembered(before: EpisodeRecord, record: EpisodeRecord, sight: Sight): EpisodeRecord {
  const lastSeen = lastSeenOf(record, sight);
  const isBusy = record !== before || isOpen(record);
  const isWorth = lastSeen?.bootId !== record.lastSeen?.bootId || isBusy;
  return isWorth && lastSeen !== record.lastSeen ? { ...record, lastSeen } : record;
}

function lastSeenOf(
  { lastSeen, reports }: EpisodeRecord,
  { bootId, beats: all }: Sight,
): LastSeen | undefined {
  if (bootId === '') return lastSeen;
  const checks = checksOf(reports);
  const beats = Object.fromEntries(Object.entries(all).filter(([type]) => checks.includes(type)));
  if (!lastSeen) return { bootId, firstReadyAt: 0, beats, beatsBefore: {} };
  if (lastSeen.bootId !== bootId)
    return { bootId, firstReadyAt: all['Ready'] ?? 0, beats, beatsBefore: lastSeen.beats };
  return isSame(lastSeen.beats, beats) ? lastSeen : { ...lastSeen, beats };
}

function isSame(one: Beats, other: Beats): boolean {
  const types = Object.keys(other);
  return (
    types.length === Object.keys(one).length && types.every((type) => one[type] === other[type])
  );
}

function isOpen({ episode }: EpisodeRecord): boolean {
  return episode !== undefined && episode.outcome === undefined;
}

/** A node that has been well for the soak time is Slipway's again. */
function cleared(
  record: EpisodeRecord,
  { at, soakMs }: Pick<Sight, 'at' | 'soakMs'>,
): EpisodeRecord {
  if (!record.episode && record.clearedAt !== undefined) return record;
  const from = clearsAt(record, soakMs) ?? Number.POSITIVE_INFINITY;
  return at >= from ? { ...record, episode: undefined, clearedAt: at } : record;
}

/** When a handed-over node is Slipway's again if it stays well: counted from the hand-over at the earliest. */
export function clearsAt(
  { episode, healthySince }: EpisodeRecord,
  soakMs: number,
): EpochMs | undefined {
  if (healthySince === undefined || (episode && !isHandedOver(episode.outcome))) return undefined;
  return Math.max(healthySince, episode?.closedAt ?? 0) + soakMs;
}

/** After these outcomes nothing new opens until the node has been well for the soak time. */
export function isHandedOver(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && !endedWell.includes(outcome);
}

function requeued(record: EpisodeRecord, isAsked: boolean, number: number): EpisodeRecord {
  const { requeued: before = [] } = record;
  if (isAsked === before.includes(number)) return record;
  if (!isAsked) return { ...record, requeued: before.filter((one) => one !== number) };
  return before.length < mostRequeued ? { ...record, requeued: [...before, number] } : record;
}

function passed(record: EpisodeRecord, sequence: number): EpisodeRecord {
  return record.place < sequence ? { ...record, place: sequence } : record;
}

function told(
  record: EpisodeRecord,
  { repairId, through }: Extract<DispatchEvent, { kind: 'told' }>,
): EpisodeRecord {
  const { episode } = record;
  if (episode?.repairId !== repairId || (episode.toldThrough ?? -1) >= through) return record;
  return { ...record, episode: { ...episode, toldThrough: through } };
}

function ignored(record: EpisodeRecord, reason: ReasonCode, since: EpochMs): EpisodeRecord {
  return record.ignored?.reason === reason ? record : { ...record, ignored: { reason, since } };
}

function attemptBegun(
  record: EpisodeRecord,
  event: Extract<DispatchEvent, { kind: 'attemptBegun' }>,
): EpisodeRecord {
  const { episode } = record;
  if (!episode || attemptStanding(record, event) !== 'new') return record;
  return { ...record, episode: { ...episode, attemptBegun: event.sequence } };
}

export type AttemptStanding = 'new' | 'begun-before' | 'not-open';

/** Whether a repair may begin the attempt of this place in its journal: as long as it is open, and each one once. */
export function attemptStanding(
  { episode }: EpisodeRecord,
  { repairId, sequence }: { readonly repairId: string; readonly sequence: number },
): AttemptStanding {
  if (episode?.repairId !== repairId || episode.outcome !== undefined) return 'not-open';
  return sequence > (episode.attemptBegun ?? -1) ? 'new' : 'begun-before';
}

function closed(
  record: EpisodeRecord,
  event: Extract<DispatchEvent, { kind: 'closed' }>,
): EpisodeRecord {
  const { episode } = record;
  if (episode?.repairId !== event.repairId || episode.outcome !== undefined) return record;
  const { repairId, outcome, reason, rung, isolated = false, at: closedAt } = event;
  const { check, policy, openedAt } = episode;
  const about = { repairId, check, policy, openedAt, closedAt, outcome, reason };
  const past = withPast(record.past, { ...about, rung, isolated });
  return { ...record, past, episode: { ...episode, outcome, reason, closedAt } };
}

/** What the open episode's repair has not heard yet: changed verdicts and boots of these checks, no repetitions. */
export function untold(
  { episode, reports }: EpisodeRecord,
  checks: readonly string[],
): readonly CheckRecord[] {
  if (!episode) return [];
  const { openingEventId, toldThrough = -1 } = episode;
  return reports.filter(
    ({ check, eventId, saidSince }) =>
      checks.includes(check) && eventId !== openingEventId && saidSince > toldThrough,
  );
}
