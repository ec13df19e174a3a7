/** One text page over HTTP, for Prometheus. */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { once } from 'node:events';

/** The text, made anew for each request. */
export type Page = () => Promise<string>;

/** Serves the page at `/metrics` of host:port until the signal; rejects when it cannot listen there. */
export async function servePage(listen: string, page: Page, signal: AbortSignal): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') response.writeHead(404).end();
    else void answer(response, page);
  });
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  server.listen({ host, port: Number(listen.slice(colon + 1)) });
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
}

async function answer(response: ServerResponse, page: Page): Promise<void> {
  try {
    const text = await page();
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8').end(text);
  } catch {
    response.writeHead(500).end();
  }
}
