/** Reading what the hub has stored, from its beginning or from the newest of each subject. */
import { DeliverPolicy, JetStreamError } from '@nats-io/jetstream';
import type { Consumer, JsMsg, StoredMsg } from '@nats-io/jetstream';
import type { MsgHdrs } from '@nats-io/transport-node';
import type { StoredFault } from '../domain/fault.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { streams } from '../domain/vocabulary/hub.ts';
import { parseJournalLine, type JournalLine } from '../schemas/wire/journalLine.ts';
import { asFailure, requestTimeoutMs, type Hub, type HubFailure } from './connection.ts';
import { readFaultMessage } from './faultMessage.ts';
import { faultFilter, faultSubject, journalFilters, journalSubject } from './subjects.ts';

export type StoredMessage = {
  readonly subject: string;
  readonly sequence: number;
  readonly storedAt: EpochMs;
  readonly headers: MsgHdrs | undefined;
  readonly body: Uint8Array;
};

type Selection = {
  readonly stream: string;
  readonly filters: string[];
  readonly since?: EpochMs;
  /** From this place on. */
  readonly from?: number;
  readonly newestOfEachSubject?: true;
};

export type ReportsRead = { readonly kind: 'read'; readonly reports: readonly StoredFault[] };

export type StoredJournalLine = {
  readonly line: JournalLine;
  readonly streamSequence: number;
  readonly storedAt: EpochMs;
};

export type JournalRead = {
  readonly kind: 'read';
  readonly lines: readonly StoredJournalLine[];
  /** Lines that today's code cannot read; they are left out. */
  readonly unreadable: number;
};

/** The newest stored report of each check of each node. One that cannot be read counts as none. */
export async function newestReports(hub: Hub, cluster: string): Promise<ReportsRead | HubFailure> {
  const read = await readReports(hub, {
    stream: streams.faults,
    filters: [faultFilter(cluster)],
    newestOfEachSubject: true,
  });
  return read.kind === 'read' ? { kind: 'read', reports: newestOfEach(read.reports) } : read;
}

/** One that was stored while the others were read comes after the one it replaces. */
function newestOfEach(reports: readonly StoredFault[]): readonly StoredFault[] {
  const byCheck = reports.map((report) => [faultSubject(report.event), report] as const);
  return [...new Map(byCheck).values()];
}

/** The most reports of one node that a look reads beyond its record; with more, its newest reports are unknown. */
const mostBeyond = { pages: 16, perPage: 256 } as const;

/** What is stored about one node after this place, mostly in one request: what a fresh look asks. */
export async function reportsBeyond(
  hub: Hub,
  of: { readonly cluster: string; readonly node: string; readonly place: number },
): Promise<ReportsRead | HubFailure> {
  const next_by_subj = faultFilter(of.cluster, of.node);
  const reports: StoredFault[] = [];
  let seq = of.place + 1;
  for (let page = 0; page < mostBeyond.pages; page += 1) {
    const wanted = { seq, next_by_subj, batch: mostBeyond.perPage };
    const read = await collected(() => hub.manager.direct.getBatch(streams.faults, wanted));
    if ('kind' in read) return read;
    reports.push(...read.flatMap(readable));
    if (read.length < mostBeyond.perPage) return { kind: 'read', reports };
    seq = (read.at(-1)?.sequence ?? 0) + 1;
  }
  return { kind: 'unreachable', why: `too much about ${of.node} waits for dispatch` };
}

/** The newest of each subject of one node, in one request; for a node without a record. */
export async function newestReportsOf(
  hub: Hub,
  cluster: string,
  node: string,
): Promise<ReportsRead | HubFailure> {
  const multi_last = [faultFilter(cluster, node)];
  const read = await collected(() =>
    hub.manager.direct.getLastMessagesFor(streams.faults, { multi_last }),
  );
  return 'kind' in read ? read : { kind: 'read', reports: read.flatMap(readable) };
}

type LastMessages = ReturnType<Hub['manager']['direct']['getLastMessagesFor']>;

/** What one direct request answers, within the time that a request may take. */
async function collected(ask: () => LastMessages): Promise<readonly StoredMessage[] | HubFailure> {
  try {
    const found = await ask();
    const timer = setTimeout(() => {
      found.stop(new Error(`no answer within ${requestTimeoutMs} ms`));
    }, requestTimeoutMs);
    const messages: StoredMessage[] = [];
    try {
      for await (const message of found) messages.push(fromDirect(message));
    } finally {
      clearTimeout(timer);
    }
    return messages;
  } catch (error) {
    return isNothing(error) ? [] : asFailure(error, streams.faults);
  }
}

export function fromDirect(message: StoredMsg): StoredMessage {
  const { subject, seq, time, header, data } = message;
  return { subject, sequence: seq, storedAt: time.getTime(), headers: header, body: data };
}

/** Whether the server says that nothing is stored beyond this place. */
function isNothing(error: unknown): boolean {
  return error instanceof JetStreamError && 'code' in error && error.code === 404;
}

type FaultsOf = {
  readonly cluster: string;
  readonly node?: string;
  readonly since?: EpochMs;
  readonly limit: number;
  /** Which reports count; all of them unless it is given. */
  readonly wanted?: (report: StoredFault) => boolean;
};

/**
 * How many messages from the end of the stream are read first; four times as many each time that they are not enough.
 */
const firstWindow = 2_000;

/** The last `limit` reports about a cluster or one of its nodes, oldest first; no more is read than they need. */
export async function readFaults(hub: Hub, of: FaultsOf): Promise<ReportsRead | HubFailure> {
  const { since = 0, limit, wanted = () => true } = of;
  const stream = streams.faults;
  const filters = [faultFilter(of.cluster, of.node)];
  const ends = await endsOf(hub, stream);
  if ('kind' in ends) return ends;
  for (let window = Math.max(firstWindow, limit); ; window *= 4) {
    const from = Math.max(ends.first, ends.last - window);
    const read = await readReports(hub, { stream, filters, from });
    if (read.kind !== 'read') return read;
    const isAll = from <= ends.first || read.reports.some(({ storedAt }) => storedAt < since);
    const found = read.reports.filter((report) => report.storedAt >= since && wanted(report));
    if (isAll || found.length >= limit) return { kind: 'read', reports: found.slice(-limit) };
  }
}

async function endsOf(
  hub: Hub,
  stream: string,
): Promise<{ readonly first: number; readonly last: number } | HubFailure> {
  try {
    const { state } = await hub.manager.streams.info(stream);
    return { first: Math.max(1, state.first_seq), last: state.last_seq };
  } catch (error) {
    return asFailure(error, stream);
  }
}

async function readReports(hub: Hub, of: Selection): Promise<ReportsRead | HubFailure> {
  const read = await readStored(hub, of);
  if (read.kind !== 'read') return read;
  return { kind: 'read', reports: read.messages.flatMap(readable) };
}

function readable(message: StoredMessage): StoredFault[] {
  const read = readFaultMessage(message.subject, message.body);
  if (!read.ok) return [];
  return [{ event: read.event, sequence: message.sequence, storedAt: message.storedAt }];
}

/** Journal lines in the order they were stored, the first of each (repair, sequence) alone. */
export async function readJournal(
  hub: Hub,
  of: { cluster: string; node?: string; repairId?: string; since?: EpochMs },
): Promise<JournalRead | HubFailure> {
  const { cluster, node, since } = of;
  const read = await readStored(hub, {
    stream: streams.journal,
    filters: node === undefined ? journalFilters(cluster) : [journalSubject({ cluster, node })],
    ...(since !== undefined && { since }),
  });
  if (read.kind !== 'read') return read;
  return { kind: 'read', ...selectLines(read.messages, of.repairId) };
}

/** Every stored message of the selection, in order, up to the newest at the time of reading. */
export async function readStored(
  hub: Hub,
  of: Selection,
): Promise<{ readonly kind: 'read'; readonly messages: readonly StoredMessage[] } | HubFailure> {
  try {
    const consumer = await hub.jetstream.consumers.get(of.stream, {
      filter_subjects: of.filters,
      inactive_threshold: 30_000,
      deliver_policy: policyOf(of),
      ...(of.from !== undefined && { opt_start_seq: of.from }),
      ...(of.since !== undefined && { opt_start_time: new Date(of.since).toISOString() }),
    });
    const messages = await collect(consumer);
    void consumer.delete().catch(() => undefined); // The server would drop it by itself, later.
    return { kind: 'read', messages };
  } catch (error) {
    return asFailure(error, of.stream);
  }
}

function policyOf({ newestOfEachSubject, from }: Selection): DeliverPolicy {
  if (newestOfEachSubject === true) return DeliverPolicy.LastPerSubject;
  return from === undefined ? DeliverPolicy.All : DeliverPolicy.StartSequence;
}

/** Takes messages as they come until none is left, or none came for a while. */
async function collect(consumer: Consumer): Promise<StoredMessage[]> {
  const { num_pending: expected } = await consumer.info(true);
  if (expected === 0) return [];
  const taken: StoredMessage[] = [];
  const messages = await consumer.consume({ max_messages: 1_000 });
  const timer = setTimeout(() => {
    messages.stop(new Error(`no message within ${requestTimeoutMs} ms`));
  }, requestTimeoutMs);
  try {
    for await (const message of messages) {
      timer.refresh();
      taken.push(fromStream(message));
      if (message.info.pending === 0) break;
    }
  } finally {
    clearTimeout(timer);
    messages.stop();
  }
  return taken;
}

function fromStream(message: JsMsg): StoredMessage {
  const { subject, seq, time, headers, data } = message;
  return { subject, sequence: seq, storedAt: time.getTime(), headers, body: data };
}

function selectLines(
  messages: readonly StoredMessage[],
  repairId: string | undefined,
): Omit<JournalRead, 'kind'> {
  const parsed = messages.map((message) => ({
    message,
    line: parseJournalLine(new TextDecoder().decode(message.body)),
  }));
  const seen = new Set<string>();
  const lines = parsed.flatMap(({ message, line }) => {
    if (!line.ok || (repairId !== undefined && line.value.repairId !== repairId)) return [];
    if (!isFirst(line.value, seen)) return [];
    return [{ line: line.value, streamSequence: message.sequence, storedAt: message.storedAt }];
  });
  return { lines, unreadable: parsed.filter(({ line }) => !line.ok).length };
}

function isFirst(line: JournalLine, seen: Set<string>): boolean {
  if (line.repairId === undefined) return true;
  const key = `${line.repairId}/${line.sequence}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
