/** The projection of JOURNAL to tickets: one durable place per sink, so that none waits for another. */
import { ticketOf } from '../domain/notices/ticket.ts';
import type { JournalEntry } from '../domain/repair/types.ts';
import { readJournal } from '../event-hub/index.ts';
import { asRepairEntry, type JournalLine } from '../schemas/wire/journalLine.ts';
import { noticeKey, type PendingNotice } from '../schemas/wire/noticeRecord.ts';
import { keepFollowing } from './follow.ts';
import { deliverPending, type NoticeBucket } from './outbox.ts';
import type { Surroundings } from './sink.ts';
import type { Sink } from './ticketSink.ts';

/** A sink that is new, or whose place was lost, is told of the last day's hand-overs. */
const lookBackMs = 24 * 60 * 60 * 1_000;

/** How much later than the file the webhook is tried first, without waiting for the file. */
const headStartMs = 250;

/** Runs until the signal; never rejects. */
export async function runTickets(
  around: Surroundings,
  bucket: NoticeBucket,
  sinks: readonly Sink[],
): Promise<void> {
  const hasFile = sinks.some(({ name }) => name === 'file');
  const projecting = sinks.map((sink) => {
    const isLater = hasFile && sink.name !== 'file';
    return projectTickets({ ...around, bucket, sink, firstTryAfterMs: isLater ? headStartMs : 0 });
  });
  await Promise.all([deliverPending(around, bucket, sinks), ...projecting]);
}

type Projecting = Surroundings & {
  readonly bucket: NoticeBucket;
  readonly sink: Sink;
  /** The first try comes this much later. */
  readonly firstTryAfterMs: number;
};

async function projectTickets(projecting: Projecting): Promise<void> {
  await keepFollowing(projecting, {
    sink: projecting.sink.name,
    bucket: projecting.bucket,
    lookBackMs,
    handle: ({ line }) => handle(projecting, line),
  });
}

async function handle(projecting: Projecting, line: JournalLine): Promise<'done' | 'retry'> {
  const isEnd = line.to === 'closed' || line.events.some(({ kind }) => kind === 'closed');
  if (!isEnd) return 'done';
  const closing = asRepairEntry(line);
  if (!closing) throw new Error('the end of a repair lacks what an entry of a repair must have');
  const entries = await entriesOf(projecting, closing);
  return entries ? post(projecting, closing, entries) : 'retry';
}

/** Undefined: the hub did not answer. */
async function entriesOf(
  { hub, cluster }: Projecting,
  { node, repairId }: JournalEntry,
): Promise<readonly JournalEntry[] | undefined> {
  const read = await readJournal(hub, { cluster, node, repairId });
  if (read.kind !== 'read') return undefined;
  return read.lines
    .flatMap(({ line }) => asRepairEntry(line) ?? [])
    .toSorted((one, other) => one.sequence - other.sequence);
}

/** Once it is on the hub, the journal has done its part. */
async function post(
  { bucket, sink, clock, firstTryAfterMs }: Projecting,
  closing: JournalEntry,
  entries: readonly JournalEntry[],
): Promise<'done' | 'retry'> {
  const ticket = ticketOf(closing, entries);
  if (!ticket) return 'done';
  if (ticket === 'unknown')
    throw new Error('the repair has ended, and the journal does not tell how');
  const { delivery, node, repairId } = ticket;
  const since = clock();
  const about = { sink: sink.name, delivery, node, repairId, since, tries: 0 };
  const notice: PendingNotice = {
    kind: 'pending',
    ...about,
    nextTryAt: since + firstTryAfterMs,
    ticket,
  };
  const created = await bucket.create(noticeKey(notice), notice);
  return created.kind === 'written' || created.kind === 'conflict' ? 'done' : 'retry';
}
