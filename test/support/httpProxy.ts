/** A plain-HTTP proxy in front of an HTTPS API that looks at each request and may answer, lose or stall it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Seen = { readonly method: string; readonly url: URL };

export type Fault =
  /** Answers in place of the server, which hears nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Breaks the connection; the server hears nothing. */
  | { readonly kind: 'reset' }
  /** The server does as asked, and its answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** Neither forwarded nor answered. */
  | { readonly kind: 'stall' }
  /** Passed on once this is over. */
  | { readonly kind: 'late'; readonly until: Promise<unknown> };

export type HttpProxy = {
  readonly url: string;
  /** What was asked so far, in order. */
  readonly seen: readonly Seen[];
  /** Decides what befalls each request from now on; undefined lets it pass. */
  readonly befall: (rule: (seen: Seen) => Fault | undefined) => void;
  /** Breaks every open connection, watches too; new ones work. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
};

type State = {
  readonly target: URL;
  readonly agent: Agent;
  readonly seen: Seen[];
  rule: (seen: Seen) => Fault | undefined;
};

/** Starts a proxy on a free port; `ca` is the text of the certificate that the target is checked against. */
export async function startHttpProxy(target: string, ca: string): Promise<HttpProxy> {
  const agent = new Agent({ ca, keepAlive: true });
  const state: State = { target: new URL(target), agent, seen: [], rule: () => undefined };
  const server = createServer((from, to) => handle(state, from, to));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: state.seen,
    befall: (rule) => {
      state.rule = rule;
    },
    reset: () => server.closeAllConnections(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

function handle(state: State, from: IncomingMessage, to: ServerResponse): void {
  const seen = { method: from.method ?? '', url: new URL(from.url ?? '/', state.target) };
  state.seen.push(seen);
  const fault = state.rule(seen);
  if (fault) suffer(state, fault, from, to);
  else pass(state, from, to);
}

function suffer(state: State, fault: Fault, from: IncomingMessage, to: ServerResponse): void {
  switch (fault.kind) {
    case 'answer':
      to.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      to.end(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body));
      return;
    case 'reset':
      from.socket.resetAndDestroy();
      return;
    case 'lose-answer':
      forward(state, from, (answer) => {
        answer.resume();
        answer.on('end', () => from.socket.resetAndDestroy());
      });
      return;
    case 'late':
      void fault.until.then(() => pass(state, from, to));
      return;
    case 'stall':
  }
}

function pass(state: State, from: IncomingMessage, to: ServerResponse): void {
  return forward(state, from, (answer) => {
    to.writeHead(answer.statusCode ?? 502, answer.headers);
    to.flushHeaders();
    answer.on('error', () => to.destroy());
    answer.pipe(to);
  });
}

function forward(
  state: State,
  from: IncomingMessage,
  onAnswer: (answer: IncomingMessage) => void,
): void {
  const upstream = request(
    new URL(from.url ?? '/', state.target),
    { method: from.method ?? 'GET', headers: from.headers, agent: state.agent },
    onAnswer,
  );
  upstream.on('error', () => from.socket.resetAndDestroy());
  const abort = (): void => void upstream.destroy();
  from.socket.once('close', abort);
  upstream.once('close', () => from.socket.off('close', abort));
  from.pipe(upstream);
}
