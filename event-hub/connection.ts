/** The connection to the hub: made once, kept for ever. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  jetstream,
  jetstreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  JetStreamError,
} from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, errors } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import { pause } from '../std/pause.ts';
import { backoffMs } from '../std/backoff.ts';
import { errorText } from '../std/errorText.ts';

/** How long one request to the hub may take before its outcome counts as unknown. */
export const requestTimeoutMs = 2_000;

export type HubCredentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'file'; readonly path: string };

export type HubOptions = {
  readonly url: string;
  readonly credentials?: HubCredentials;
  /** Shown by the server's own monitoring. */
  readonly name: string;
  /** Ends the wait for the first connection; an open hub is closed by `close`. */
  readonly signal?: AbortSignal;
  /** Keep trying until the first connection is made, instead of answering `unreachable` at once. */
  readonly wait?: boolean;
};

/** Nothing was learned about what the request did: it may have been carried out. */
export type Unreachable = { readonly kind: 'unreachable'; readonly why: string };

/** The hub said no: the same request will be answered in the same way. */
export type Refused = { readonly kind: 'refused'; readonly why: string };

/** The hub answers, but there is no such stream, or nobody serves it now: nothing was done. */
export type Missing = { readonly kind: 'missing'; readonly stream: string; readonly why: string };

export type HubFailure = Unreachable | Refused | Missing;

export type Hub = {
  readonly kind: 'hub';
  readonly url: string;
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  /** False while the connection is lost; it is being sought then, for ever. */
  readonly isConnected: () => boolean;
  /** Calls `listener` after each regained connection; the answer ends that. */
  readonly onReconnect: (listener: () => void) => () => void;
  /** Sends what waits to be sent (for at most half a second), then disconnects. Never throws. */
  readonly close: () => Promise<void>;
};

/** Connects, and from then on reconnects for ever. */
export async function connectHub(options: HubOptions): Promise<Hub | Unreachable> {
  for (let attempt = 0; ; attempt += 1) {
    const hub = await tryConnect(options);
    if (hub.kind === 'hub' || options.wait !== true || options.signal?.aborted === true) return hub;
    await pause(hubBackoffMs(attempt), options.signal);
  }
}

async function tryConnect(options: HubOptions): Promise<Hub | Unreachable> {
  try {
    const connection = await connect(await connectionOptions(options));
    return await makeHub(options.url, connection);
  } catch (error) {
    const why = `cannot reach NATS at ${options.url}: ${asFailure(error).why}`;
    return { kind: 'unreachable', why };
  }
}

async function connectionOptions(options: HubOptions): Promise<NodeConnectionOptions> {
  let attempt = 0;
  return {
    servers: options.url,
    name: options.name,
    timeout: requestTimeoutMs,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    pingInterval: 5_000,
    // Otherwise every request captures a stack trace, in case that it fails.
    noAsyncTraces: true,
    reconnectDelayHandler: () => hubBackoffMs((attempt = (attempt + 1) % 6)),
    ...(await authentication(options.credentials)),
  };
}

async function authentication(credentials?: HubCredentials): Promise<NodeConnectionOptions> {
  switch (credentials?.kind) {
    case undefined:
      return {};
    case 'password':
      return { user: credentials.user, pass: credentials.password };
    case 'token':
      return { token: credentials.token };
    case 'file':
      return { authenticator: credsAuthenticator(await readFile(credentials.path)) };
  }
}

async function makeHub(url: string, connection: NatsConnection): Promise<Hub> {
  const manager = await jetstreamManager(connection, {
    timeout: requestTimeoutMs,
    checkAPI: false,
  });
  let connected = true;
  const listeners = new Set<() => void>();
  void followStatus(connection, (now) => {
    connected = now;
    if (now) for (const listener of listeners) listener();
  });
  return {
    kind: 'hub',
    url,
    connection,
    jetstream: jetstream(connection, { timeout: requestTimeoutMs }),
    manager,
    isConnected: () => connected,
    onReconnect: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => closeConnection(connection),
  };
}

async function followStatus(
  connection: NatsConnection,
  onChange: (connected: boolean) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'reconnect') onChange(true);
    if (status.type === 'disconnect' || status.type === 'close') onChange(false);
  }
}

async function closeConnection(connection: NatsConnection): Promise<void> {
  await Promise.race([
    connection.flush().catch(() => undefined),
    delay(500, undefined, { ref: false }),
  ]);
  await connection.close();
}

/** What an error from the client library means; the one place that knows its classes. `stream`: what was asked for. */
export function asFailure(error: unknown, stream?: string): HubFailure {
  if (stream !== undefined && isOfMissing(error))
    return { kind: 'missing', stream, why: `the hub has no stream ${stream}, or nobody serves it` };
  const why = errorText(error);
  const refused = error instanceof JetStreamApiError || isForbidden(error);
  return { kind: refused ? 'refused' : 'unreachable', why };
}

/** The client library takes the silence of a stream for that of the whole of JetStream. */
function isOfMissing(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.code === JetStreamApiCodes.StreamNotFound;
  if (error instanceof errors.RequestError) return error.isNoResponders();
  if (error instanceof errors.NoRespondersError) return true;
  // These two classes are not exported.
  if (!(error instanceof Error)) return false;
  if (error.name === 'JetStreamNotEnabled') return true;
  return error instanceof JetStreamError && error.message === 'no responders';
}

/** A request that the server forbids fails as a request, with the reason as its cause. */
function isForbidden(error: unknown): boolean {
  if (error instanceof errors.PermissionViolationError) return true;
  return error instanceof Error && error.cause instanceof errors.PermissionViolationError;
}

/** Between 50 ms and 2 s. */
export function hubBackoffMs(failures: number): number {
  return backoffMs(failures, { firstMs: 100, longestMs: 2_000 });
}
