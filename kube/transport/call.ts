/** One request, one answer: a value or a refusal, never a throw. */
import type { Connection, CallLane, Send } from './connection.ts';
import { parseJson } from './raw.ts';
import type { Refusal, Result } from './refusal.ts';
import { refusalOfError, refusalOfReply } from './refusal.ts';

export type Call = {
  readonly method: Send['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly lane?: CallLane;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

export const mergePatch = 'application/merge-patch+json';

const defaultTimeoutMs = 10_000;

/** Performs one call. Asks twice only where the first was provably without effect. */
export async function perform(kube: Connection, call: Call): Promise<Result<unknown>> {
  const first = await once(kube, call);
  if (first.ok || call.signal?.aborted) return first;
  if (staleAccess(first.refusal)) {
    await kube.renewAccess();
    return await once(kube, call);
  }
  return lostRead(call, first.refusal) ? await once(kube, call) : first;
}

async function once(kube: Connection, call: Call): Promise<Result<unknown>> {
  const isRead = call.method === 'GET';
  try {
    const reply = await kube.send(sendOf(call));
    const body = parseJson(await reply.body.text());
    const code = reply.statusCode;
    if (code >= 200 && code < 300) {
      // An answer cut short or from something else than an API server is no answer.
      if (body === undefined) throw new Error('The API server answered with something unreadable');
      return { ok: true, value: body };
    }
    const header = reply.headers['retry-after'];
    const retryAfter = typeof header === 'string' ? header : undefined;
    return { ok: false, refusal: refusalOfReply({ code, status: body, retryAfter, isRead }) };
  } catch (error) {
    return { ok: false, refusal: refusalOfError(error, isRead) };
  }
}

function sendOf(call: Call): Send {
  return {
    method: call.method,
    path: pathOf(call),
    lane: call.lane ?? 'reads',
    headers: {
      accept: 'application/json',
      ...(call.body !== undefined && { 'content-type': call.contentType ?? 'application/json' }),
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    signal: signalOf(call),
  };
}

function pathOf({ path, query }: Call): string {
  return query ? `${path}?${new URLSearchParams(query).toString()}` : path;
}

function signalOf({ signal, timeoutMs = defaultTimeoutMs }: Call): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

function staleAccess(refusal: Refusal): boolean {
  return refusal.status === 401 && refusal.kind === 'forbidden';
}

/** A read whose kept-alive connection just died costs nothing to ask again. */
function lostRead(call: Call, refusal: Refusal): boolean {
  return call.method === 'GET' && refusal.status === undefined && refusal.kind === 'transient';
}
