/** Tickets on their way, kept on the hub until their sink has taken them: nothing is lost with an engine (ADR 13). */
import { setTimeout as delay } from 'node:timers/promises';
import { untilAborted } from '../std/untilAborted.ts';
import { pause } from '../std/pause.ts';
import { retryDelayMs } from '../domain/notices/retry.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { openBucket } from '../event-hub/index.ts';
import type { Bucket } from '../event-hub/index.ts';
import { parseNoticeRecord } from '../schemas/wire/noticeRecord.ts';
import type { DeliveredNotice, NoticeRecord, PendingNotice } from '../schemas/wire/noticeRecord.ts';
import type { Surroundings } from './sink.ts';
import type { Sink, Taken } from './ticketSink.ts';
import { createTurns, type Turns } from './turns.ts';

export type NoticeBucket = Bucket<NoticeRecord>;

/** Undefined: the signal came first. */
export async function openNotices(around: Surroundings): Promise<NoticeBucket | undefined> {
  const { hub, cluster, log, signal } = around;
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      return await openBucket(hub, { name: buckets.notices, cluster, parse: parseNoticeRecord });
    } catch (error) {
      log.warn('the notices on the hub could not be opened', { error });
      await restMs(tries, signal);
    }
  }
  return undefined;
}

/** Delivers what is pending for these sinks until the signal; resolves when nothing is under way. Never rejects. */
export async function deliverPending(
  around: Surroundings,
  bucket: NoticeBucket,
  sinks: readonly Sink[],
): Promise<void> {
  const outboxes = sinks.map((sink) => openOutbox(around, bucket, sink));
  const bySink = new Map(outboxes.map((outbox) => [outbox.sink.name, outbox]));
  void bucket.watch((change) => {
    if (change.kind === 'corrupt')
      around.log.error('a notice on the hub cannot be read', { key: change.key, why: change.why });
    if (change.kind === 'removed') for (const outbox of outboxes) forget(outbox, change.key);
    if (change.kind !== 'found' || change.value.kind === 'unreadable') return;
    const outbox = bySink.get(change.value.sink);
    if (outbox) keep(outbox, change.key, { notice: change.value, revision: change.revision });
  }, around.signal);
  await untilAborted(around.signal);
  for (const { timer, counting, sink } of outboxes) {
    clearTimeout(timer);
    counting.pending(sink.name, 0, undefined);
  }
  while (outboxes.some(({ inHand }) => inHand.size > 0)) await delay(20);
}

type PendingEntry = { readonly notice: PendingNotice; readonly revision: number };

/** What one sink has still to take, and what is under way. */
type SinkOutbox = Surroundings & {
  readonly bucket: NoticeBucket;
  readonly sink: Sink;
  readonly pending: Map<string, PendingEntry>;
  readonly inHand: Set<string>;
  /** Delivered by us: what the hub still tells of them is old. */
  readonly settled: Set<string>;
  readonly turns: Turns;
  timer?: NodeJS.Timeout;
};

function openOutbox(around: Surroundings, bucket: NoticeBucket, sink: Sink): SinkOutbox {
  const turns = createTurns(sink.atOnce);
  return {
    ...around,
    bucket,
    sink,
    turns,
    pending: new Map(),
    inHand: new Set(),
    settled: new Set(),
  };
}

function keep(
  outbox: SinkOutbox,
  key: string,
  {
    notice,
    revision,
  }: { readonly notice: PendingNotice | DeliveredNotice; readonly revision: number },
): void {
  if (notice.kind === 'delivered') return forget(outbox, key);
  if (outbox.settled.has(key) || (outbox.pending.get(key)?.revision ?? 0) >= revision) return;
  outbox.pending.set(key, { notice, revision });
  tellPending(outbox);
  round(outbox);
}

function forget(outbox: SinkOutbox, key: string): void {
  outbox.pending.delete(key);
  tellPending(outbox);
}

/** Begins what is due, and comes back for what will be. */
function round(outbox: SinkOutbox): void {
  const { pending, inHand, clock, signal } = outbox;
  clearTimeout(outbox.timer);
  if (signal.aborted) return;
  const waiting = [...pending].filter(([key]) => !inHand.has(key));
  const due = waiting.filter(([, { notice }]) => notice.nextTryAt <= clock());
  for (const [key] of due) {
    inHand.add(key);
    void deliverOne(outbox, key).finally(() => {
      inHand.delete(key);
      round(outbox);
    });
  }
  const later = waiting.map(([, { notice }]) => notice.nextTryAt).filter((at) => at > clock());
  if (later.length > 0) outbox.timer = setTimeout(round, waitMs(outbox, later), outbox);
}

async function deliverOne(outbox: SinkOutbox, key: string): Promise<void> {
  const { sink, signal, turns, pending } = outbox;
  const answer = await turns(async (): Promise<Taken | undefined> => {
    const kept = pending.get(key);
    return kept && !signal.aborted ? sink.deliver(kept.notice.ticket, signal) : undefined;
  });
  const kept = pending.get(key);
  if (!answer || !kept) return;
  if (answer.kind === 'taken') await settle(outbox, key, { kept, answer });
  else if (!signal.aborted) await postpone(outbox, key, { kept, answer });
}

type DeliveryAnswer<K extends Taken['kind']> = {
  readonly kept: PendingEntry;
  readonly answer: Extract<Taken, { readonly kind: K }>;
};

/** Written until the hub has it: what was delivered must not be delivered again by the next engine. */
async function settle(
  outbox: SinkOutbox,
  key: string,
  { kept, answer }: DeliveryAnswer<'taken'>,
): Promise<void> {
  const { bucket, sink, counting, log, clock, signal } = outbox;
  const { delivery, node, repairId, since, tries } = kept.notice;
  const at = clock();
  outbox.pending.delete(key);
  outbox.settled.add(key);
  counting.delivered(sink.name);
  tellPending(outbox);
  log.info('a ticket was delivered', {
    sink: sink.name,
    delivery,
    node,
    tries: tries + 1,
    how: answer.how,
  });
  const about = { sink: sink.name, delivery, node, repairId, since, tries: tries + 1 };
  const record: DeliveredNotice = { kind: 'delivered', ...about, at };
  for (let attempt = 1; ; attempt += 1) {
    const written = await bucket.put(key, record);
    if (written.kind === 'written' || signal.aborted) return;
    await restMs(attempt, signal);
  }
}

function tellPending({ counting, sink, pending }: SinkOutbox): void {
  const since = [...pending.values()].map(({ notice }) => notice.since);
  counting.pending(sink.name, since.length, since.length === 0 ? undefined : Math.min(...since));
}

async function restMs(tries: number, signal: AbortSignal): Promise<void> {
  const pauseMs = Math.min(30_000, retryDelayMs({ tries, random: Math.random() }));
  await pause(pauseMs, signal);
}

/** The memory of a failed try may be lost; the ticket is not. */
async function postpone(
  outbox: SinkOutbox,
  key: string,
  { kept, answer }: DeliveryAnswer<'not-taken'>,
): Promise<void> {
  const { bucket, sink, counting, clock } = outbox;
  const tries = kept.notice.tries + 1;
  const { why, retryAfterMs } = answer;
  const now = clock();
  const nextTryAt = now + retryDelayMs({ tries, retryAfterMs, random: Math.random() });
  const notice: PendingNotice = { ...kept.notice, tries, triedAt: now, answer: why, nextTryAt };
  outbox.pending.set(key, { ...kept, notice });
  counting.failed(sink.name);
  alert(outbox, notice);
  const written = await bucket.update(key, notice, kept.revision);
  const newest = outbox.pending.get(key);
  if (written.kind === 'written' && newest && newest.revision < written.revision)
    outbox.pending.set(key, { notice, revision: written.revision });
}

/** Warns at tries 1, 2, 4, 8 and so on, so that a long outage does not fill the log. */
function alert({ log, sink }: SinkOutbox, notice: PendingNotice): void {
  const { delivery, node, since, tries, answer, nextTryAt } = notice;
  if (!Number.isInteger(Math.log2(tries))) return;
  const told = { sink: sink.name, delivery, node, since, tries, answer, nextTryAt };
  log.warn('a ticket could not be delivered; it is tried again', told);
}

/** A clock that was set back must not keep a ticket for longer than any pause may be. */
function waitMs({ clock }: SinkOutbox, later: readonly EpochMs[]): number {
  return Math.min(60_000, Math.max(1, Math.min(...later) - clock()));
}
