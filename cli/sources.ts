/** The connections a command reads from. What cannot be had is said, not thrown: a screen shows what there is. */
import { connect } from 'node:net';
import type { ClusterIdentity } from '../domain/node.ts';
import type { Hub } from '../event-hub/index.ts';
import type { Kube } from '../kube/index.ts';
import type { Temporal } from '../temporal/index.ts';
import { failure, isFailure, type Failure } from './failure.ts';
import type { Places } from './places.ts';
import { sentence } from './text/sentence.ts';

export type Sources = {
  readonly places: Places;
  readonly kube: Kube | Failure;
  readonly hub: Hub | Failure;
  readonly temporal: Temporal | Failure;
  /** The cluster's id is known from its API server, or was given. */
  readonly cluster: ClusterIdentity | Failure;
  readonly close: () => Promise<void>;
};

export type Wanted = { readonly hub?: true; readonly temporal?: true };

/** Connects to the Kubernetes API and to whatever else is wanted, all at once. */
export async function openSources(places: Places, wanted: Wanted): Promise<Sources> {
  const [{ kube, cluster }, hub, temporal] = await Promise.all([
    openCluster(places),
    wanted.hub ? openHub(places) : notWanted('hubNotConfigured'),
    wanted.temporal ? openTemporal(places) : notWanted('temporalNotConfigured'),
  ]);
  const close = async (): Promise<void> => {
    const open = [kube, hub, temporal].flatMap((one) => ('close' in one ? [one] : []));
    await Promise.all(open.map((one) => one.close().catch(() => undefined)));
  };
  return { places, kube, hub, temporal, cluster, close };
}

type Cluster = Pick<Sources, 'kube' | 'cluster'>;

/** An API server that cannot even tell the cluster's id is not asked for anything more: each answer would be late. */
async function openCluster(places: Places): Promise<Cluster> {
  const kube = await openKube(places);
  const known = given(places);
  if (isFailure(kube)) return { kube, cluster: known ?? kube };
  const { clusterIdentity } = await import('../kube/index.ts');
  const answer = await clusterIdentity(kube);
  if (answer.ok) return { kube, cluster: answer.value };
  const why = `The id of the cluster at ${kube.server} could not be read: ${answer.refusal.message}`;
  const unknown = failure('clusterUnknown', sentence(why));
  if (answer.refusal.kind !== 'transient') return { kube, cluster: known ?? unknown };
  await kube.close();
  return { kube: unknown, cluster: known ?? unknown };
}

async function openKube({ kubeconfig, context }: Places): Promise<Kube | Failure> {
  const { connectKube } = await import('../kube/index.ts');
  const source = { kubeconfigPath: kubeconfig, ...(context !== undefined && { context }) };
  const answer = await connectKube(source);
  if (answer.ok) return answer.kube;
  return failure(answer.unknownContext ? 'usage' : 'kubeconfigUnusable', answer.problem);
}

function given({ cluster: id, context }: Places): ClusterIdentity | undefined {
  if (id === undefined) return undefined;
  return { id, name: context ?? 'given by --cluster', server: '' };
}

const patienceMs = 10_000;
const natsPort = 4222;

/** A server that is not there is told at once; one that is there and slow is given time. */
async function openHub({ nats, natsCredentials }: Places): Promise<Hub | Failure> {
  if (nats === undefined) return failure('hubNotConfigured', 'No address of the hub is known.');
  const closed = await whyClosed(nats, natsPort);
  if (closed !== undefined) return failure('hubUnreachable', `NATS at ${nats}: ${closed}.`);
  const { connectHub } = await import('../event-hub/index.ts');
  const hub = await connectHub({
    url: nats,
    name: 'slipway-cli',
    wait: true,
    signal: AbortSignal.timeout(patienceMs),
    ...(natsCredentials !== undefined && { credentials: { kind: 'file', path: natsCredentials } }),
  });
  return hub.kind === 'hub' ? hub : failure('hubUnreachable', sentence(hub.why));
}

async function notWanted(error: 'hubNotConfigured' | 'temporalNotConfigured'): Promise<Failure> {
  return failure(error, 'This command does not need it.');
}

const temporalPort = 7233;

/** Asks the port first: the client waits long for a server that is not there, and is slow to load. */
async function openTemporal({ temporal }: Places): Promise<Temporal | Failure> {
  if (!temporal) return failure('temporalNotConfigured', 'No address of Temporal is known.');
  const closed = await whyClosed(temporal.address, temporalPort);
  if (closed !== undefined)
    return failure('temporalUnreachable', `Temporal at ${temporal.address}: ${closed}.`);
  const { connectTemporal } = await import('../temporal/index.ts');
  const opened = await connectTemporal(temporal);
  return 'client' in opened ? opened : failure('temporalUnreachable', sentence(opened.why));
}

/** Why nobody answers at this address or URL; undefined if somebody does, or if there are several. */
async function whyClosed(address: string, usualPort: number): Promise<string | undefined> {
  if (address.includes(',')) return undefined;
  const url = address.includes('://') ? address : `tcp://${address}`;
  if (!URL.canParse(url)) return 'this is no address';
  const { hostname, port } = new URL(url);
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const to = { host, port: port === '' ? usualPort : Number(port), timeout: patienceMs };
    const socket = connect(to);
    const end = (why: string | undefined): void => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`no answer within ${patienceMs} ms`));
    socket.once('error', (error) => end(error.message));
  });
}

/** Asks Temporal for a bounded time; what was asked answers a failure after that. */
export function inTime<T>({ client }: Temporal, ask: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + patienceMs, ask);
}
