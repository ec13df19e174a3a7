/** What the bucket `notices` holds: one key per ticket and sink, and one per sink for what could not be read. */
import { z } from 'zod';
import type { Ticket } from '../../domain/notices/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';

export const ticketSinks = ['file', 'webhook'] as const;
export type TicketSink = (typeof ticketSinks)[number];

type NoticeHead = {
  readonly sink: TicketSink;
  readonly delivery: string;
  readonly node: string;
  readonly repairId: string;
  /** When the notice was made. */
  readonly since: EpochMs;
  readonly tries: number;
};

/** A ticket that its sink has not taken yet. */
export type PendingNotice = NoticeHead & {
  readonly kind: 'pending';
  readonly nextTryAt: EpochMs;
  readonly triedAt?: EpochMs;
  /** What became of the last try. */
  readonly answer?: string;
  readonly ticket: Ticket;
};

/** Kept for a while, so that the same hand-over is not told anew. */
export type DeliveredNotice = NoticeHead & { readonly kind: 'delivered'; readonly at: EpochMs };

export type UnreadableNotice = {
  readonly kind: 'unreadable';
  readonly sink: string;
  readonly count: number;
  /** The last one: when, where in JOURNAL, and why. */
  readonly at: EpochMs;
  readonly subject: string;
  readonly streamSequence: number;
  readonly why: string;
};

export type NoticeRecord = PendingNotice | DeliveredNotice | UnreadableNotice;

/** The key of a ticket on its way to a sink. */
export function noticeKey({ sink, delivery }: Pick<NoticeHead, 'sink' | 'delivery'>): string {
  return `${sink}/${delivery}`;
}

const about = {
  sink: z.enum(ticketSinks),
  delivery: z.string().min(1),
  node: z.string().min(1),
  repairId: z.string().min(1),
  since: z.number(),
  tries: z.int().min(0),
};

/** Fields of a newer version are kept. */
const noticeRecord: z.ZodType<NoticeRecord> = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('pending'),
    ...about,
    nextTryAt: z.number(),
    triedAt: z.number().exactOptional(),
    answer: z.string().exactOptional(),
    ticket: z.custom<Ticket>(isTicket),
  }),
  z.looseObject({ kind: z.literal('delivered'), ...about, at: z.number() }),
  z.looseObject({
    kind: z.literal('unreadable'),
    sink: z.string(),
    count: z.int().min(1),
    at: z.number(),
    subject: z.string(),
    streamSequence: z.number(),
    why: z.string(),
  }),
]);

/** Only the fields that sinks need are checked: `domain/` wrote the ticket. */
function isTicket(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'delivery' in value;
}

/** Undefined for anything else. */
export function parseNoticeRecord(value: unknown): NoticeRecord | undefined {
  return noticeRecord.safeParse(value).data;
}
