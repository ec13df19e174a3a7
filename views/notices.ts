/** Tickets that have not arrived yet, and what no ticket could be made of. */
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { parseNoticeRecord, type NoticeRecord } from '../schemas/wire/noticeRecord.ts';
import { readAll, type ClusterHub } from './bucket.ts';
import { isUnread, type UnreadPart } from './unread.ts';

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

export async function readNotices(from: ClusterHub): Promise<NoticesView | UnreadPart> {
  const notices = { name: buckets.notices, parse: parseNoticeRecord };
  const all = await readAll(from, notices, { what: 'notices' });
  return isUnread(all) ? all : noticesOf(all.records);
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
