/** Connections to one API server: a pool per lane, so that no kind of traffic queues behind another. */
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Access, Target } from './credentials.ts';

/** Isolations never wait behind evictions, and watches never take a connection from either. */
export type CallLane = 'reads' | 'isolation' | 'moves' | 'watches';

const connectionsPerLane: Readonly<Record<CallLane, number | null>> = {
  reads: 8,
  isolation: 16,
  moves: 8,
  watches: null,
};

const lanes: readonly CallLane[] = ['reads', 'isolation', 'moves', 'watches'];

/** Tokens in files and from plugins change; reading them again is cheap. */
const accessLifetimeMs = 30_000;

export type Send = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the query string. */
  readonly path: string;
  readonly lane: CallLane;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
};

type Pools = Readonly<Record<CallLane, Pool>>;

/** The handle every call of this folder takes; close it when done. */
export class Connection {
  readonly server: string;
  readonly contextName: string;
  readonly #target: Target;
  readonly #origin: string;
  readonly #prefix: string;
  #access: Access;
  #readAtMs = 0;
  #pools: Pools;

  private constructor(target: Target, access: Access) {
    const url = new URL(target.server);
    this.server = target.server;
    this.contextName = target.contextName;
    this.#target = target;
    this.#origin = url.origin;
    this.#prefix = url.pathname === '/' ? '' : url.pathname;
    this.#access = access;
    this.#readAtMs = performance.now();
    this.#pools = openPools(this.#origin, access);
  }

  /** Throws what the credentials plugin throws. */
  static async open(target: Target): Promise<Connection> {
    return new Connection(target, await target.access());
  }

  /** Sends one request; throws when there is no answer. */
  async send(request: Send): Promise<Dispatcher.ResponseData> {
    await this.#refresh(accessLifetimeMs);
    const { method, lane, signal, body } = request;
    return await this.#pools[lane].request({
      method,
      path: this.#prefix + request.path,
      headers: { ...request.headers, ...this.#access.headers },
      signal,
      ...(body !== undefined && { body }),
    });
  }

  /** Reads the credentials again, for a server that no longer knows them. */
  async renewAccess(): Promise<void> {
    await this.#refresh(1_000);
  }

  /** Ends every connection, watches included. */
  async close(): Promise<void> {
    await Promise.all(lanes.map((lane) => this.#pools[lane].destroy()));
  }

  async #refresh(olderThanMs: number): Promise<void> {
    if (performance.now() - this.#readAtMs < olderThanMs) return;
    this.#readAtMs = performance.now();
    // A token file in mid-rotation is no reason to stop: what we have may still be good.
    const access = await this.#target.access().catch(() => this.#access);
    const changed = fingerprint(access) !== fingerprint(this.#access);
    this.#access = access;
    if (!changed) return;
    const old = this.#pools;
    this.#pools = openPools(this.#origin, access);
    // Calls under way may finish; a watch is cut by its own time-out and resumes on the new pool.
    for (const lane of lanes) void old[lane].close();
  }
}

function openPools(origin: string, access: Access): Pools {
  return {
    reads: openPool(origin, access, 'reads'),
    isolation: openPool(origin, access, 'isolation'),
    moves: openPool(origin, access, 'moves'),
    watches: openPool(origin, access, 'watches'),
  };
}

function openPool(origin: string, access: Access, lane: CallLane): Pool {
  return new Pool(origin, {
    connections: connectionsPerLane[lane],
    pipelining: 1,
    // One connection that dies under HTTP/2 would take every request of the lane with it.
    allowH2: false,
    // Shorter than the API server's own 90 s, so that it never closes a connection just as we use it.
    keepAliveTimeout: 75_000,
    keepAliveMaxTimeout: 75_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { ...access.tls, timeout: 5_000, keepAlive: true, keepAliveInitialDelay: 15_000 },
  });
}

function fingerprint(access: Access): string {
  return JSON.stringify(access.tls);
}
