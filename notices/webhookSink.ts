/** Tickets as signed webhooks: at least once, each with a delivery id by which its receiver knows a repeated one. */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorText } from '../std/errorText.ts';
import type { Ticket } from '../domain/notices/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { ticketHeaders } from '../domain/vocabulary/hub.ts';
import { post, type Posted } from './post.ts';
import type { Sink, Taken } from './ticketSink.ts';

export type WebhookOptions = {
  readonly url: string;
  /** Holds the key that signs; read anew for each call. */
  readonly secretFile: string;
  readonly clock: () => EpochMs;
  /** 10 s unless given. */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 10_000;
/** How many calls at once, so that tickets on which the receiver hangs do not hold up the others. */
const atOnce = 16;

export function createWebhookSink(options: WebhookOptions): Sink {
  return {
    name: 'webhook',
    atOnce,
    deliver: async (ticket, signal) => {
      try {
        return await send(options, ticket, signal);
      } catch (error) {
        const why = errorText(error);
        return { kind: 'not-taken', why };
      }
    },
  };
}

async function send(
  { url, secretFile, clock, timeoutMs = defaultTimeoutMs }: WebhookOptions,
  ticket: Ticket,
  signal: AbortSignal,
): Promise<Taken> {
  const secret = (await readFile(secretFile, 'utf8')).trim();
  if (secret === '') return { kind: 'not-taken', why: `${secretFile} is empty` };
  const body = JSON.stringify(ticket);
  const timestamp = String(Math.floor(clock() / 1_000));
  const headers = {
    'content-type': 'application/json',
    [ticketHeaders.delivery]: ticket.delivery,
    [ticketHeaders.timestamp]: timestamp,
    [ticketHeaders.signature]: sign(secret, timestamp, body),
  };
  return judge(await post({ url: new URL(url), headers, body, timeoutMs, signal }), clock());
}

/** `v1=` and the HMAC-SHA256, in hexadecimal, over time stamp, a dot and the body. */
function sign(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

function judge(posted: Posted, now: EpochMs): Taken {
  if (posted.kind === 'unanswered') return { kind: 'not-taken', why: posted.why };
  const { status, retryAfter } = posted;
  const answered = `the webhook answered ${status}`;
  if (status >= 200 && status < 300) return { kind: 'taken', how: answered };
  const why = wrongSetup(status)
    ? `${answered}: look at ticket.webhookUrl and its secret`
    : answered;
  const retryAfterMs = retryAfterMsOf(retryAfter, now);
  return { kind: 'not-taken', why, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

/** These do not pass by themselves. */
function wrongSetup(status: number): boolean {
  return status >= 300 && status < 500 && ![408, 425, 429].includes(status);
}

/** Seconds, or a date. */
function retryAfterMsOf(header: string | undefined, now: EpochMs): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
