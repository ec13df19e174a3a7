/** From reports to repairs: write the record, start or signal the repair, acknowledge (ADR 15). */
import { emptyRecord, evolve, isNews, isTooMany } from '../domain/dispatch/evolve.ts';
import type { HeardReport as Hearing } from '../domain/dispatch/evolve.ts';
import type {
  CheckRecord,
  DispatchDecision,
  Episode,
  EpisodeRecord,
} from '../domain/dispatch/types.ts';
import { newsOf, soakMsOf, turnOf, wellAt } from '../domain/dispatch/turn.ts';
import type { StoredFault } from '../domain/fault.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../domain/vocabulary/reasons.ts';
import { repairId } from '../event-hub/index.ts';
import type { Closing, Unowned } from './handOver.ts';
import type { Records } from './records.ts';
import type { Heard, Voice } from './voice.ts';

export type FaultsOptions = {
  readonly records: Records;
  readonly voice: Voice;
  readonly policies: readonly RepairPolicy[];
  readonly mode: Mode;
  /** The node as the cluster has it; none for a node that is not there. */
  readonly node: (
    name: string,
  ) => Promise<
    { readonly ok: true; readonly value: NodeFacts | undefined } | { readonly ok: false }
  >;
  /** The UID that the API server itself gives for a node; none for a node that is not there. */
  readonly presentUid: (
    node: string,
  ) => Promise<{ readonly ok: true; readonly uid: string | undefined } | { readonly ok: false }>;
  readonly clock: () => EpochMs;
  /** Asks for another look at this node at that time. */
  readonly lookAgain: (node: string, at: EpochMs) => void;
  /** Told when the reason for doing nothing changed; for journal and counters. */
  readonly onIgnored: (record: EpisodeRecord, reason: ReasonCode, changed: boolean) => void;
  /** Leaves node and journal of a repair that cannot do it itself; answers how it ended, or undefined: ask again. */
  readonly handOver: (
    record: EpisodeRecord,
    episode: Episode,
    reason: Unowned,
  ) => Promise<Closing | undefined>;
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
  const seen = await options.node(node);
  if (!seen.ok) return 'retry';
  const heard = hearing(options, seen.value, fault);
  const known = options.records.get(node);
  if (known && !isNews(known, heard)) return again(options, known, fault);
  const isOther = known !== undefined && known.nodeUid !== fault.event.nodeUid;
  const doubt = isOther ? await doubtOf(options, known, fault) : undefined;
  if (doubt) return doubt;
  return step(options, { name: node, facts: seen.value }, (record) =>
    evolve(record ?? emptyRecord(fault.event), { kind: 'reported', ...heard }),
  );
}

function hearing(
  options: FaultsOptions,
  facts: NodeFacts | undefined,
  fault: StoredFault,
): Hearing {
  const { clock, records, policies } = options;
  const bootId = facts?.uid === fault.event.nodeUid ? facts.bootId : '';
  const soakMs = soakMsOf(records.get(fault.event.node), policies);
  return { fault, bootId, soakMs, at: clock() };
}

/**
 * How far a record's place may lag, so that a report that says nothing newer costs no write and looks have little to
 * read.
 */
const farBeyond = 1_000;

/** A redelivered report finds itself in the record; all it can need is that its repair exists. */
async function again(
  options: FaultsOptions,
  record: EpisodeRecord,
  { event, sequence }: StoredFault,
): Promise<'done' | 'retry'> {
  const redelivered = record.reports.some((report) => report.sequence === sequence);
  if (redelivered) return reconsider(options, event.node);
  const tooMany = isTooMany(record.reports, event);
  options.onIgnored(record, tooMany ? 'too-many-checks' : 'not-newer', false);
  if (sequence <= record.place + farBeyond) return 'done';
  const passed = await options.records.change(
    event.node,
    (fresh) => fresh && evolve(fresh, { kind: 'passed', sequence }),
  );
  return passed.kind === 'failed' ? 'retry' : 'done';
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

async function reconsider(options: FaultsOptions, node: string): Promise<'done' | 'retry'> {
  const record = options.records.get(node);
  if (!record) return 'done';
  const seen = await options.node(node);
  if (!seen.ok) return 'retry';
  return step(options, { name: node, facts: seen.value }, (fresh) => fresh ?? record);
}

/** One look at a record: what it becomes, what follows from it, and the deed. */
async function step(
  options: FaultsOptions,
  { name, facts }: { readonly name: string; readonly facts: NodeFacts | undefined },
  change: (record: EpisodeRecord | undefined) => EpisodeRecord,
): Promise<'done' | 'retry'> {
  const before = options.records.get(name);
  const { records, policies, mode, clock } = options;
  const context = { node: facts, policies, mode, idOf: repairId };
  const changed = await records.changeWith(name, (fresh) => {
    const { record: value, decision: result } = turnOf(change(fresh), context, clock());
    return { value, result };
  });
  if (changed.kind !== 'kept') return 'retry';
  return carryOut(options, before, changed.record, changed.result);
}

async function carryOut(
  options: FaultsOptions,
  before: EpisodeRecord | undefined,
  record: EpisodeRecord,
  decision: DispatchDecision,
): Promise<'done' | 'retry'> {
  if (decision.kind === 'ignore') {
    options.onIgnored(record, decision.reason, before?.ignored?.reason !== decision.reason);
    const times = [decision.lookAgainAt, wellAt(record, options.policies)].filter(
      (at) => at !== undefined,
    );
    for (const at of times) options.lookAgain(record.node, at);
    return 'done';
  }
  const { episode } = record;
  if (!episode) return 'done';
  const heard = await inform(options, record, episode, decision.kind);
  if (heard === 'gone') return close(options, record, episode, 'terminated-outside');
  if (heard === 'stuck') return close(options, record, episode, 'stuck');
  return heard === 'heard' ? 'done' : 'retry';
}

/** The open episode's repair exists, and has heard of every report that it must know. */
async function inform(
  options: FaultsOptions,
  record: EpisodeRecord,
  episode: Episode,
  kind: 'open' | 'inform',
): Promise<Heard> {
  const news = newsOf(record, options.policies);
  if (kind === 'open') {
    const begun = await options.voice.open(record, episode);
    return begun === 'heard' && news.length > 0 ? tell(options, record, episode, news) : begun;
  }
  if (news.length === 0) return options.voice.ensure(record, episode);
  return tell(options, record, episode, news);
}

/**
 * A running repair hears of changed verdicts and boots, not of repetitions. What it has heard is on the record, so that
 * news between the record and the signal is told again after a crash.
 */
async function tell(
  { voice, records }: FaultsOptions,
  record: EpisodeRecord,
  { repairId: id }: Episode,
  news: readonly CheckRecord[],
): Promise<Heard> {
  for (const { check, observer, verdict, bootId, counter, sequence } of news) {
    const report = { check, observer, verdict, bootId, counter, sequence };
    const heard = await voice.tell(record, { kind: 'reported', report });
    if (heard !== 'heard') return heard;
  }
  const { node, place: through } = record;
  const toldOf = await records.change(
    node,
    (fresh) => fresh && evolve(fresh, { kind: 'told', repairId: id, through }),
  );
  return toldOf.kind === 'failed' ? 'later' : 'heard';
}

/** A repair that cannot go on leaves its node to a person. */
async function close(
  { records, clock, handOver }: FaultsOptions,
  record: EpisodeRecord,
  episode: Episode,
  reason: Unowned,
): Promise<'done' | 'retry'> {
  const { repairId: id } = episode;
  // The repair may have closed its episode in this very moment: its own word goes before ours.
  const fresh = await records.read(record.node);
  if (!fresh.ok) return 'retry';
  const present = fresh.record?.episode;
  if (present?.repairId !== id || present.outcome !== undefined) return 'done';
  const closing = await handOver(record, episode, reason);
  if (!closing) return 'retry';
  const changed = await records.change(
    record.node,
    (read) => read && evolve(read, { kind: 'closed', repairId: id, ...closing, at: clock() }),
  );
  return changed.kind === 'failed' ? 'retry' : 'done';
}
