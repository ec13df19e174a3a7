/** A TCP proxy that breaks connections on demand; put it in front of any server, encrypted or not. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Proxy = {
  readonly port: number;
  readonly connections: () => number;
  /** Breaks every open connection with an RST; new ones work. */
  readonly reset: () => void;
  /** Open connections stay open and silent, as behind a dead firewall; `all` does that to new ones as well. */
  readonly stall: (which: 'open' | 'all') => void;
  /** Lets all stalled connections go on; nothing that was sent meanwhile is lost. */
  readonly resume: () => void;
  /** Breaks every open connection and refuses new ones. */
  readonly cut: () => Promise<void>;
  /** Accepts connections again, on the same port. */
  readonly restore: () => Promise<void>;
  /** Every chunk in both directions waits this long; order is kept. */
  readonly delay: (delayMs: number) => void;
  readonly close: () => Promise<void>;
};

type Link = { readonly client: Socket; readonly server: Socket };

type State = {
  readonly targetPort: number;
  readonly links: Set<Link>;
  delayMs: number;
  stallsNew: boolean;
};

const loopback = '127.0.0.1';

/** Starts a proxy on a free port in front of a port of this machine. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const state: State = { targetPort, links: new Set(), delayMs: 0, stallsNew: false };
  const server = createServer({ allowHalfOpen: true }, (client) => accept(state, client));
  const port = await listen(server, 0);
  const cut = async (): Promise<void> => {
    const stopped = stopListening(server);
    breakAll(state);
    await stopped;
  };
  return {
    port,
    connections: () => state.links.size,
    reset: () => breakAll(state),
    stall: (which) => {
      state.stallsNew = which === 'all';
      state.links.forEach(silence);
    },
    resume: () => {
      state.stallsNew = false;
      for (const { client, server: upstream } of state.links) {
        client.resume();
        upstream.resume();
      }
    },
    cut,
    restore: async () => {
      await listen(server, port);
    },
    delay: (delayMs) => {
      state.delayMs = delayMs;
    },
    close: cut,
  };
}

function accept(state: State, client: Socket): void {
  const server = connect({ port: state.targetPort, host: loopback, allowHalfOpen: true });
  const link = { client, server };
  state.links.add(link);
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on('error', () => forget(state, link));
    socket.on('close', () => forget(state, link));
  }
  carry(state, client, server);
  carry(state, server, client);
  if (state.stallsNew) silence(link);
}

function forget(state: State, link: Link): void {
  state.links.delete(link);
  link.client.destroy();
  link.server.destroy();
}

/** Hands chunks on one after the other, each after its delay, and no faster than they are taken. */
function carry(state: State, from: Socket, to: Socket): void {
  let last: Promise<unknown> = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    const due = wait(state.delayMs);
    last = last.then(() => due).then(() => to.writable && to.write(chunk));
  });
  from.on('end', () => {
    last = last.then(() => to.end());
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, loopback);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
}

function breakAll(state: State): void {
  for (const link of state.links) {
    link.client.resetAndDestroy();
    link.server.destroy();
  }
  state.links.clear();
}

function silence({ client, server }: Link): void {
  client.pause();
  server.pause();
}
