/** Stands before a real HTTP server and fails in the way a test asks for, on POST requests alone. */
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Fault =
  | 'none'
  /** The server behind carries it out; the caller hears 503. */
  | 'answers-503'
  /** The server behind carries it out; the caller's connection is reset. */
  | 'resets'
  /** The server behind carries it out; the caller hears nothing. */
  | 'is-silent'
  /** Nothing is carried out. */
  | 'answers-409'
  | 'redirects';

export type FaultyProxy = {
  readonly url: string;
  readonly fail: (how: Fault) => void;
  /** Calls `listener` when a request has reached the server behind. */
  readonly onPassed: (listener: (method: string) => void) => void;
  readonly stop: () => Promise<void>;
};

export async function startFaultyProxy(
  target: string,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FaultyProxy> {
  let fault: Fault = 'none';
  let told: ((method: string) => void) | undefined;
  const listener: RequestListener = (request, response) => {
    const how = request.method === 'POST' ? fault : 'none';
    if (how === 'answers-409') return void response.writeHead(409).end();
    if (how === 'redirects') return void response.writeHead(307, { location: '/elsewhere' }).end();
    const passOn = async (): Promise<void> => {
      const answer = await pass(target, request);
      told?.(request.method ?? '');
      finish(how, answer, response);
    };
    passOn().catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    fail: (how) => {
      fault = how;
    },
    onPassed: (listen) => {
      told = listen;
    },
    stop: () => close(server),
  };
}

type Answer = { readonly status: number; readonly body: string };

async function pass(target: string, incoming: IncomingMessage): Promise<Answer> {
  const { method, headers, url } = incoming;
  const outgoing = httpRequest(target + (url ?? '/'), { method, headers, agent: false });
  const body = await textOf(incoming);
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  outgoing.end(body);
  const [response] = await answered;
  return { status: response.statusCode ?? 0, body: await textOf(response) };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function finish(how: Fault, answer: Answer, response: ServerResponse): void {
  if (how === 'resets') response.socket?.resetAndDestroy();
  else if (how === 'answers-503') response.writeHead(503).end();
  else if (how === 'none') response.writeHead(answer.status).end(answer.body);
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
