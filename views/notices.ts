/** Tickets that have not arrived yet, and what no ticket could be made of. */
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { parseNoticeRecord, type NoticeRecord } from '../schemas/wire/noticeRecord.ts';
import { isFailure, type Failure } from './failure.ts';
import { openNamed, readAll } from './records.ts';
import type { Sources } from './sources.ts';
import { ahead, counted, duration } from './text/amounts.ts';

export type UndeliveredView = {
  readonly sink: string;
  readonly delivery: string;
  readonly repairId: string;
  readonly node: string;
  readonly since: EpochMs;
  readonly tries: number;
  readonly nextTryAt: EpochMs;
  /** What became of the last try. */
  readonly answer?: string;
};

export type UnreadableView = {
  readonly sink: string;
  readonly count: number;
  readonly at: EpochMs;
  readonly streamSequence: number;
  readonly why: string;
};

export type NoticesView = {
  /** The oldest first. */
  readonly undelivered: readonly UndeliveredView[];
  readonly unreadable: readonly UnreadableView[];
};

export async function readNotices(sources: Sources): Promise<NoticesView | Failure> {
  const bucket = await openNamed(sources, buckets.notices, parseNoticeRecord);
  if (isFailure(bucket)) return bucket;
  const all = await readAll(bucket, 'notices');
  return isFailure(all) ? all : noticesOf(all.records);
}

export function noticesOf(records: readonly NoticeRecord[]): NoticesView {
  return {
    undelivered: records.flatMap(undelivered).toSorted((one, other) => one.since - other.since),
    unreadable: records.flatMap(unreadable),
  };
}

function undelivered(record: NoticeRecord): UndeliveredView[] {
  if (record.kind !== 'pending') return [];
  const { sink, delivery, repairId, node, since, tries, nextTryAt, answer } = record;
  const told = answer !== undefined && { answer };
  return [{ sink, delivery, repairId, node, since, tries, nextTryAt, ...told }];
}

function unreadable(record: NoticeRecord): UnreadableView[] {
  if (record.kind !== 'unreadable') return [];
  const { sink, count, at, streamSequence, why } = record;
  return [{ sink, count, at, streamSequence, why }];
}

/** One sentence about one ticket. */
export function undeliveredText(
  { sink, repairId, since, tries, nextTryAt, answer }: UndeliveredView,
  now: EpochMs,
): string {
  const tried = tries === 1 ? '1 try' : `${tries} tries`;
  const last = answer === undefined ? '' : `, last answer: ${answer}`;
  const next = nextTryAt > now ? `; next try ${ahead(nextTryAt, now)}` : '';
  return `The ticket of repair ${repairId} is not delivered to the ${sink} yet: for ${duration(now - since)}, ${tried}${last}${next}.`;
}

/** One line for each sink that waits: how many, since when, and why. */
export function undeliveredBySink(
  tickets: readonly UndeliveredView[],
  now: EpochMs,
): readonly string[] {
  const bySink = Map.groupBy(tickets, ({ sink }) => sink);
  return [...bySink].flatMap(([sink, [oldest, ...others]]) => {
    if (!oldest) return [];
    const many = counted(others.length + 1, 'ticket');
    const last = oldest.answer === undefined ? '' : `, last answer: ${oldest.answer}`;
    const age = duration(now - oldest.since);
    return [
      `${many} not delivered to the ${sink} yet, the oldest for ${age}, ${oldest.tries} tries${last}`,
    ];
  });
}

export function unreadableText({ sink, count, streamSequence, why }: UnreadableView): string {
  const lines = counted(count, 'line');
  return `${lines} of the journal could not be read for ${sink}, the last at ${streamSequence}: ${why}`;
}
