/** One POST on a connection of its own, within a bounded time. */
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { errorText } from '../std/errorText.ts';

export type Post = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter?: string }
  | { readonly kind: 'unanswered'; readonly why: string };

/** Redirects are answers like any other. Never throws. */
export async function post({ url, headers, body, timeoutMs, signal }: Post): Promise<Posted> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(url, {
    method: 'POST',
    agent: false,
    headers: { connection: 'close', 'content-length': String(Buffer.byteLength(body)), ...headers },
    signal: AbortSignal.any([signal, timeout]),
  });
  try {
    const { statusCode = 0, headers: told } = await responseTo(request, body);
    const retryAfter = told['retry-after'];
    return {
      kind: 'answered',
      status: statusCode,
      ...(retryAfter !== undefined && { retryAfter }),
    };
  } catch (error) {
    if (signal.aborted) return { kind: 'unanswered', why: 'it was called off' };
    const why = timeout.aborted ? `no answer within ${timeoutMs / 1_000} s` : errorText(error);
    return { kind: 'unanswered', why };
  } finally {
    // What follows the status line tells nothing that counts.
    request.destroy();
  }
}

function responseTo(request: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => {
      response.on('error', () => undefined);
      resolve(response);
    });
    request.on('error', reject);
    request.end(body);
  });
}
