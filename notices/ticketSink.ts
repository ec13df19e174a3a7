/** What a place that takes tickets answers. */
import type { Ticket } from '../domain/notices/types.ts';
import type { TicketSink } from '../schemas/wire/noticeRecord.ts';

export type Taken =
  | { readonly kind: 'taken'; readonly how: string }
  /** Tried again later, whatever the answer: a receiver that is set up wrongly must lose no ticket. */
  | { readonly kind: 'not-taken'; readonly why: string; readonly retryAfterMs?: number };

export type Sink = {
  readonly name: TicketSink;
  /** How many tickets may be under way at the same time. */
  readonly atOnce: number;
  /** Never throws. Safe to call again with the same ticket: its delivery id is the same. */
  readonly deliver: (ticket: Ticket, signal: AbortSignal) => Promise<Taken>;
};
