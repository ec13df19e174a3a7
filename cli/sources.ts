/** The connections a command reads from. What cannot be had is said, not thrown: a screen shows what there is. */
import { connect } from 'node:net';
import type { ClusterIdentity } from '../domain/node.ts';
import type { Hub } from '../event-hub/index.ts';
import type { Kube } from '../kube/index.ts';
import type { Temporal } from '../temporal/index.ts';
import { failure, type Failure } from './failure.ts';
import type { Places } from './places.ts';

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
  const [kube, hub, temporal] = await Promise.all([
    openKube(places),
    wanted.hub ? openHub(places) : notWanted('hubNotConfigured'),
    wanted.temporal ? openTemporal(places) : notWanted('temporalNotConfigured'),
  ]);
  const cluster = await identify(places, kube);
  const close = async (): Promise<void> => {
    const open = [kube, hub, temporal].flatMap((one) => ('close' in one ? [one] : []));
    await Promise.all(open.map((one) => one.close().catch(() => undefined)));
  };
  return { places, kube, hub, temporal, cluster, close };
}

async function openKube({ kubeconfig, context }: Places): Promise<Kube | Failure> {
  const { connectKube } = await import('../kube/index.ts');
  const source = { kubeconfigPath: kubeconfig, ...(context !== undefined && { context }) };
  const answer = await connectKube(source);
  return answer.ok ? answer.kube : failure('kubeconfigUnusable', answer.problem);
}

async function openHub({ nats, natsCredentials }: Places): Promise<Hub | Failure> {
  if (nats === undefined) return failure('hubNotConfigured', 'No address of the hub is known.');
  const { connectHub } = await import('../event-hub/index.ts');
  const hub = await connectHub({
    url: nats,
    name: 'slipway-cli',
    ...(natsCredentials !== undefined && { credentials: { kind: 'file', path: natsCredentials } }),
  });
  return hub.kind === 'hub' ? hub : failure('hubUnreachable', sentence(hub.why));
}

/** Asks the port first: the client waits long for a server that is not there, and is slow to load. */
async function openTemporal({ temporal }: Places): Promise<Temporal | Failure> {
  if (!temporal) return failure('temporalNotConfigured', 'No address of Temporal is known.');
  const closed = await whyClosed(temporal.address);
  if (closed !== undefined)
    return failure('temporalUnreachable', `Temporal at ${temporal.address}: ${closed}.`);
  const { connectTemporal } = await import('../temporal/index.ts');
  const opened = await connectTemporal(temporal);
  return 'client' in opened ? opened : failure('temporalUnreachable', sentence(opened.why));
}

async function notWanted(error: 'hubNotConfigured' | 'temporalNotConfigured'): Promise<Failure> {
  return failure(error, 'This command does not need it.');
}

async function identify(
  { cluster, context }: Places,
  kube: Kube | Failure,
): Promise<ClusterIdentity | Failure> {
  if ('kind' in kube) return given(cluster, context) ?? kube;
  const { clusterIdentity } = await import('../kube/index.ts');
  const answer = await clusterIdentity(kube);
  if (answer.ok) return answer.value;
  const why = `The id of the cluster at ${kube.server} could not be read: ${answer.refusal.message}`;
  return given(cluster, context) ?? failure('clusterUnknown', sentence(why));
}

function given(id: string | undefined, context: string | undefined): ClusterIdentity | undefined {
  if (id === undefined) return undefined;
  return { id, name: context ?? 'given by --cluster', server: 'not reached' };
}

const portTimeoutMs = 2_000;

async function whyClosed(address: string): Promise<string | undefined> {
  const [, host = address, port = '7233'] = /^(.*):(\d+)$/.exec(address) ?? [];
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: portTimeoutMs });
    const end = (why: string | undefined): void => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`no answer within ${portTimeoutMs} ms`));
    socket.once('error', (error) => end(error.message));
  });
}

/** A text that ends as a sentence, and begins as one. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
