/** From reports to repairs: write the record, start or signal the repair, acknowledge (DESIGN 6). */
import { decide, policyFor } from '../domain/dispatch/decide.ts';
import { emptyRecord, evolve, isNews } from '../domain/dispatch/evolve.ts';
import type { DispatchDecision, Episode, EpisodeRecord } from '../domain/dispatch/types.ts';
import type { StoredFault } from '../domain/fault.ts';
import type { NodeFacts } from '../domain/node.ts';
import { policyDefaults } from '../domain/repair/policy.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import type { EpochMs, Mode, ReasonCode } from '../domain/vocabulary.ts';
import { repairId } from '../event-hub/index.ts';
import type { Records } from './records.ts';
import type { Voice } from './voice.ts';

export type FaultsOptions = {
  readonly records: Records;
  readonly voice: Voice;
  readonly policies: readonly RepairPolicy[];
  readonly mode: Mode;
  readonly node: (name: string) => NodeFacts | undefined;
  /** The UID that the API server itself gives for a node; none for a node that is not there. */
  readonly presentUid: (
    node: string,
  ) => Promise<{ readonly ok: true; readonly uid: string | undefined } | { readonly ok: false }>;
  readonly clock: () => EpochMs;
  /** Asks for another look at this node at that time. */
  readonly lookAgain: (node: string, at: EpochMs) => void;
  /** Told when the reason for doing nothing changed; for journal and counters. */
  readonly onIgnored: (record: EpisodeRecord, reason: ReasonCode, changed: boolean) => void;
  /** Leaves the node of a repair that ended behind our back as a hand-over leaves it; false: ask again. */
  readonly onVanished: (record: EpisodeRecord, episode: Episode) => Promise<boolean>;
};

export type Faults = {
  readonly handle: (fault: StoredFault) => Promise<'done' | 'retry'>;
  /** Looks at a record again, with no new report: a hold-down ended, a node came back, a repair closed. */
  readonly reconsider: (node: string) => Promise<'done' | 'retry'>;
};

export function createFaults(options: FaultsOptions): Faults {
  return {
    handle: (fault) => handle(options, fault),
    reconsider: (node) => reconsider(options, node),
  };
}

async function handle(options: FaultsOptions, fault: StoredFault): Promise<'done' | 'retry'> {
  const { node } = fault.event;
  const known = options.records.get(node);
  if (known && !isNews(known, fault.event)) return again(options, known, fault);
  const isOther = known !== undefined && known.nodeUid !== fault.event.nodeUid;
  const doubt = isOther ? await doubtOf(options, known, fault) : undefined;
  if (doubt) return doubt;
  return step(options, node, (record) =>
    reported(options, record ?? emptyRecord(fault.event), fault),
  );
}

/** Only the API server can say that a node was replaced: believed unseen, one wrong UID would hide all that is true. */
async function doubtOf(
  { presentUid, records, clock, onIgnored }: FaultsOptions,
  { node, ignored }: EpisodeRecord,
  { event }: StoredFault,
): Promise<'done' | 'retry' | undefined> {
  const present = await presentUid(node);
  if (!present.ok) return 'retry';
  if (present.uid === event.nodeUid) return undefined;
  const reason = 'wrong-node-uid';
  const changed = await records.change(
    node,
    (fresh) => fresh && evolve(fresh, { kind: 'ignored', reason, at: clock() }),
  );
  if (changed.kind !== 'kept') return 'retry';
  onIgnored(changed.record, reason, ignored?.reason !== reason);
  return 'done';
}

/** A redelivered report finds itself in the record; all it can need is that its repair exists. */
async function again(
  options: FaultsOptions,
  record: EpisodeRecord,
  { event, sequence }: StoredFault,
): Promise<'done' | 'retry'> {
  const redelivered = record.checks[event.check]?.sequence === sequence;
  if (redelivered) return reconsider(options, event.node);
  options.onIgnored(record, 'not-newer', false);
  return 'done';
}

function reported(
  options: FaultsOptions,
  record: EpisodeRecord,
  fault: StoredFault,
): EpisodeRecord {
  if (!isNews(record, fault.event)) return record;
  const policy = policyFor(fault.event.check, options.policies);
  const soakMs = policy?.soakMs ?? policyDefaults.soakMs;
  return evolve(record, { kind: 'reported', fault, soakMs });
}

async function reconsider(options: FaultsOptions, node: string): Promise<'done' | 'retry'> {
  const record = options.records.get(node);
  return record ? step(options, node, (fresh) => fresh ?? record) : 'done';
}

/** One look at a record: what it becomes, what follows from it, and the deed. */
async function step(
  options: FaultsOptions,
  node: string,
  change: (record: EpisodeRecord | undefined) => EpisodeRecord,
): Promise<'done' | 'retry'> {
  const before = options.records.get(node);
  let decision: DispatchDecision = { kind: 'ignore', reason: 'not-faulty' };
  const changed = await options.records.change(node, (fresh) => {
    const record = change(fresh);
    decision = decideOn(options, record);
    return noted(record, decision, options.clock());
  });
  return changed.kind === 'kept' ? carryOut(options, before, changed.record, decision) : 'retry';
}

function decideOn(options: FaultsOptions, record: EpisodeRecord): DispatchDecision {
  const { policies, mode } = options;
  return decide(record, { node: options.node(record.node), policies, mode }, options.clock());
}

function noted(record: EpisodeRecord, decision: DispatchDecision, at: EpochMs): EpisodeRecord {
  switch (decision.kind) {
    case 'open':
      return evolve(record, { kind: 'opened', episode: episodeOf(record, decision, at) });
    case 'ignore':
      return evolve(record, { kind: 'ignored', reason: decision.reason, at });
    case 'inform':
      return record;
  }
}

/** The id comes from the opening event, so that a second start of the same episode is the same repair. */
function episodeOf(
  record: EpisodeRecord,
  { check, policy }: Extract<DispatchDecision, { kind: 'open' }>,
  openedAt: EpochMs,
): Episode {
  const { cluster, nodeUid } = record;
  const openingEventId = record.checks[check]?.eventId ?? '';
  const id = repairId({ cluster, nodeUid, openingEventId: openingEventId + observedBy(record) });
  return { repairId: id, openedAt, openingEventId, check, policy };
}

/** Who acts on what was only observed so far needs an id of its own: the observer's journal stays as it is. */
function observedBy({ episode }: EpisodeRecord): string {
  return episode?.outcome === 'observed' ? ` after ${episode.repairId}` : '';
}

async function carryOut(
  options: FaultsOptions,
  before: EpisodeRecord | undefined,
  record: EpisodeRecord,
  decision: DispatchDecision,
): Promise<'done' | 'retry'> {
  if (decision.kind === 'ignore') {
    options.onIgnored(record, decision.reason, before?.ignored?.reason !== decision.reason);
    if (decision.lookAgainAt !== undefined) options.lookAgain(record.node, decision.lookAgainAt);
    return 'done';
  }
  const { episode } = record;
  if (!episode) return 'done';
  const heard = await (decision.kind === 'open'
    ? options.voice.open(record, episode)
    : inform(options, before, record));
  if (heard === 'gone') return handOver(options, record, episode);
  return heard === 'heard' ? 'done' : 'retry';
}

/** A running repair hears of changed verdicts and boots, not of repetitions. */
async function inform(
  options: FaultsOptions,
  before: EpisodeRecord | undefined,
  record: EpisodeRecord,
): ReturnType<Voice['tell']> {
  const news = Object.entries(record.checks).filter(([check, known]) => {
    const last = before?.checks[check];
    return last?.verdict !== known.verdict || last.bootId !== known.bootId;
  });
  if (news.length === 0 && record.episode) return options.voice.ensure(record, record.episode);
  for (const [check, { verdict, bootId, sequence }] of news) {
    const heard = await options.voice.tell(record, {
      kind: 'reported',
      report: { check, verdict, bootId, sequence },
    });
    if (heard !== 'heard') return heard;
  }
  return 'heard';
}

/** A repair that ended behind our back leaves a node that nobody vouches for: a person's. */
async function handOver(
  { records, clock, onVanished }: FaultsOptions,
  record: EpisodeRecord,
  episode: Episode,
): Promise<'done' | 'retry'> {
  const { repairId: id } = episode;
  // The repair may have closed its episode in this very moment: its own word goes before ours.
  const fresh = await records.change(record.node, (read) => read);
  if (fresh.kind !== 'kept') return fresh.kind === 'missing' ? 'done' : 'retry';
  if (fresh.record.episode?.repairId !== id || fresh.record.episode.outcome) return 'done';
  if (!(await onVanished(record, episode))) return 'retry';
  const changed = await records.change(record.node, (read) => {
    const reason = 'terminated-outside';
    return (
      read &&
      evolve(read, { kind: 'closed', repairId: id, outcome: 'escalated', reason, at: clock() })
    );
  });
  return changed.kind === 'failed' ? 'retry' : 'done';
}
