/** One watch request, from its first to its last byte. */
import type { Connection } from './connection.ts';
import { at, numberAt, parseJson, textAt } from './raw.ts';
import type { Refusal } from './refusal.ts';
import { refusalOfError, refusalOfReply } from './refusal.ts';

export type WatchRequest = {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Silence longer than this means the connection is dead; bookmarks come about once a minute. */
  readonly idleMs: number;
  readonly signal: AbortSignal;
  /** Every sign of life. */
  readonly onHeard: () => void;
  readonly onEvent: (event: WatchEvent) => void;
};

export type WatchEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
  readonly resourceVersion: string;
};

/** How a watch ended. After `gone` only a new list helps; after the others it resumes where it was. */
export type WatchEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

const closed: WatchEnd = { kind: 'closed' };
const gone: WatchEnd = { kind: 'gone' };
const expiredCode = 410;

/** Runs one watch until it ends, whatever the reason. Never throws. */
export async function watchOnce(kube: Connection, request: WatchRequest): Promise<WatchEnd> {
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(), request.idleMs);
  const heard = (): void => {
    timer.refresh();
    request.onHeard();
  };
  try {
    const signal = AbortSignal.any([request.signal, idle.signal]);
    return await read(kube, { ...request, onHeard: heard }, signal);
  } catch (error) {
    if (request.signal.aborted) return closed;
    if (idle.signal.aborted) return { kind: 'stalled' };
    return { kind: 'failed', refusal: refusalOfError(error, true) };
  } finally {
    clearTimeout(timer);
  }
}

async function read(
  kube: Connection,
  request: WatchRequest,
  signal: AbortSignal,
): Promise<WatchEnd> {
  const reply = await kube.send({
    method: 'GET',
    path: `${request.path}?${new URLSearchParams(request.query).toString()}`,
    lane: 'watches',
    headers: { accept: 'application/json' },
    signal,
  });
  if (reply.statusCode !== 200) {
    const retryAfter = reply.headers['retry-after'];
    const status = parseJson(await reply.body.text());
    return failedReply(
      reply.statusCode,
      status,
      typeof retryAfter === 'string' ? retryAfter : undefined,
    );
  }
  request.onHeard();
  for await (const line of linesOf(reply.body)) {
    request.onHeard();
    const end = readLine(line, request.onEvent);
    if (end) return end;
  }
  return closed;
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Handles one line; an end where the line ends the watch. */
function readLine(line: string, onEvent: WatchRequest['onEvent']): WatchEnd | undefined {
  const event = parseJson(line);
  const object = at(event, 'object');
  const resourceVersion = textAt(object, 'metadata', 'resourceVersion');
  const type = textAt(event, 'type');
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      onEvent({ type, object, resourceVersion });
      return undefined;
    case 'ERROR':
      return failedReply(numberAt(object, 'code') ?? 500, object);
    default:
      // A half line or a foreign answer: what follows cannot be trusted, what came before can.
      return failedReply(500, { message: `A watch sent an unreadable line: ${line.slice(0, 80)}` });
  }
}

function failedReply(code: number, status: unknown, retryAfter?: string): WatchEnd {
  return code === expiredCode
    ? gone
    : {
        kind: 'failed',
        refusal: refusalOfReply({ code, status, retryAfter, isRead: true }),
      };
}
