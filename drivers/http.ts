/** One HTTP call that says whether anything was sent, since that decides what a driver may claim (ADR 9). */
import { once } from 'node:events';
import {
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { errorText } from '../std/errorText.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';

export type HttpCall = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: { readonly ca?: string; readonly rejectUnauthorized?: boolean };
};

export type HttpLimits = {
  /** Nothing is sent at or after this moment, and no answer awaited. */
  readonly deadlineAt: EpochMs;
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
};

export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: string;
    }
  /** Provably, the server has seen nothing of the request. */
  | { readonly kind: 'not-sent'; readonly why: string }
  /** Sent, and no answer: the server may have carried it out. */
  | { readonly kind: 'lost'; readonly why: string };

const maxBodyLength = 1024 * 1024;

/** Connects anew for each call, so that "sent" never depends on the state of an old connection. Never throws. */
export async function callOnce(call: HttpCall, limits: HttpLimits): Promise<HttpAnswer> {
  const leftMs = limits.deadlineAt - limits.clock();
  if (leftMs <= 0) return { kind: 'not-sent', why: 'the deadline had passed' };
  const end = AbortSignal.any([limits.signal, AbortSignal.timeout(leftMs)]);
  const socket = openSocket(call);
  socket.on('error', () => undefined); // Told to whoever waits; alone it would end the process.
  try {
    await once(socket, call.url.protocol === 'https:' ? 'secureConnect' : 'connect', {
      signal: end,
    });
  } catch (error) {
    socket.destroy();
    return { kind: 'not-sent', why: end.aborted ? endReason(limits) : errorText(error) };
  }
  if (end.aborted || limits.clock() >= limits.deadlineAt) {
    socket.destroy();
    return { kind: 'not-sent', why: endReason(limits) };
  }
  return exchange(call, socket, end);
}

function openSocket({ url, tls }: HttpCall): Socket {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (secure ? 443 : 80);
  return secure
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...tls })
    : connectTcp({ host, port });
}

async function exchange(call: HttpCall, socket: Socket, end: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, body } = call;
  const request = httpRequest({
    method,
    path: url.pathname + url.search,
    headers: { host: url.host, connection: 'close', ...headers },
    createConnection: () => socket,
    // Old firmware writes headers that the strict reader refuses; with one answer per connection none can be smuggled
    // in.
    insecureHTTPParser: true,
    signal: end,
  });
  try {
    const response = await responseTo(request, body);
    const text = await readBody(response);
    const { statusCode = 0 } = response;
    return { kind: 'answered', status: statusCode, headers: response.headers, body: text };
  } catch (error) {
    return { kind: 'lost', why: end.aborted ? 'no answer in time' : errorText(error) };
  } finally {
    socket.destroy();
  }
}

function responseTo(request: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}

/** What came before the connection ended: some servers close it without a proper end. */
async function readBody(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > maxBodyLength) break;
    }
  } catch {
    return text;
  }
  return text;
}

/** How long a server asks to be left alone: `Retry-After` in seconds or as a date. */
export function retryAfterOf(headers: IncomingHttpHeaders, now: EpochMs): number | undefined {
  const asked = headers['retry-after']?.trim();
  if (asked === undefined || asked === '') return undefined;
  const until = /^\d+$/.test(asked) ? now + Number(asked) * 1_000 : Date.parse(asked);
  return Number.isFinite(until) ? Math.max(0, until - now) : undefined;
}

function endReason({ signal }: HttpLimits): string {
  return signal.aborted ? 'it was called off' : 'the deadline had passed';
}
