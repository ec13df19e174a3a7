/** An HTTP client for the servers of the stack. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

type Answer = { readonly status: number; readonly body: string };

type Ask = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
};

export type HttpClient = {
  ask(path: string, ask?: Ask): Promise<Answer>;
  close(): void;
};

const defaultTimeoutMs = 30_000;
const maxSockets = 32;

/**
 * A client with kept-alive connections for one server. With `ca` the server's certificate is checked against it;
 * the address `https:` without `ca` is refused by the system's own roots.
 */
export function httpClient(baseUrl: string, ca?: string): HttpClient {
  const isTls = baseUrl.startsWith('https:');
  const options = { keepAlive: true, maxSockets };
  const agent = isTls ? new HttpsAgent({ ...options, ca }) : new HttpAgent(options);
  const send = isTls ? httpsRequest : httpRequest;
  const ask = (path: string, { method = 'GET', headers, body, timeoutMs }: Ask = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const request = send(`${baseUrl}${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      request.on('error', reject);
      request.setTimeout(timeoutMs ?? defaultTimeoutMs, () =>
        request.destroy(new Error(`no answer from ${baseUrl}${path}`)),
      );
      request.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
