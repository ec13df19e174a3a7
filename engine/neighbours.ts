/** The servers an engine works with; all must be there when it starts. */
import { NativeConnection } from '@temporalio/worker';
import { errorText } from '../std/errorText.ts';
import type { ClusterIdentity } from '../domain/node.ts';
import { connectHub, ensureStreams } from '../event-hub/index.ts';
import type { Hub, HubOptions } from '../event-hub/index.ts';
import { clusterIdentity, connectKube } from '../kube/index.ts';
import type { Kube } from '../kube/index.ts';
import { overWorkerConnection } from '../temporal/index.ts';
import type { Temporal } from '../temporal/index.ts';
import { processIdentity } from './identity.ts';
import { EngineFailure } from './options.ts';
import type { EngineOptions } from './options.ts';

export type Neighbours = {
  readonly observer: Kube;
  readonly actor: Kube;
  readonly cluster: ClusterIdentity;
  /** Of this process, to Temporal and in the Lease. */
  readonly identity: string;
  readonly hub: Hub;
  readonly temporal: Temporal;
  /** Shared by workers and client, so that a repair starts without a round trip. */
  readonly connection: NativeConnection;
};

/** Throws `EngineFailure` naming the neighbour that cannot be reached; nothing stays connected then. */
export async function connectAll(options: EngineOptions): Promise<Neighbours> {
  const [observer, actor, hub, temporal] = await Promise.allSettled([
    kubeOf(options.kubeconfigs.observer),
    kubeOf(options.kubeconfigs.actor),
    hubOf(options.nats),
    temporalOf(options.temporal),
  ]);
  try {
    return await prepare(options, {
      observer: reached(observer),
      actor: reached(actor),
      hub: reached(hub),
      connection: reached(temporal),
    });
  } catch (error) {
    await closeReached([observer, actor, hub, temporal]);
    throw error;
  }
}

type ReachedNeighbours = Omit<Neighbours, 'cluster' | 'identity' | 'temporal'>;

async function prepare(options: EngineOptions, found: ReachedNeighbours): Promise<Neighbours> {
  const streams = await ensureStreams(found.hub);
  if (streams.kind !== 'ready') throw new EngineFailure(streams.why);
  const cluster = await oneCluster(found);
  const identity = processIdentity(cluster.id);
  const temporal = overWorkerConnection(found.connection, { ...options.temporal, identity });
  return { ...found, cluster, identity, temporal };
}

/** What is read in one cluster must not be done in another. */
async function oneCluster({
  observer,
  actor,
}: Pick<Neighbours, 'observer' | 'actor'>): Promise<ClusterIdentity> {
  const [read, written] = await Promise.all([clusterIdentity(observer), clusterIdentity(actor)]);
  if (!read.ok) throw new EngineFailure(read.refusal.message);
  if (!written.ok)
    throw new EngineFailure(
      `the cluster of kubernetes.actorKubeconfig is not known: ${written.refusal.message}`,
    );
  if (read.value.id === written.value.id) return read.value;
  throw new EngineFailure(
    `kubernetes.observerKubeconfig leads to cluster ${read.value.id} (${read.value.server}) and ` +
      `kubernetes.actorKubeconfig to ${written.value.id} (${written.value.server}). Correct one of them.`,
  );
}

function reached<T>(attempt: PromiseSettledResult<T>): T {
  if (attempt.status === 'rejected') throw attempt.reason;
  return attempt.value;
}

type Closable = { readonly close: () => Promise<void> };

async function closeReached(attempts: readonly PromiseSettledResult<Closable>[]): Promise<void> {
  for (const attempt of attempts) if (attempt.status === 'fulfilled') await attempt.value.close();
}

async function hubOf(nats: EngineOptions['nats']): Promise<Hub> {
  const hub = await connectHub(hubOptions(nats));
  if (hub.kind === 'hub') return hub;
  throw new EngineFailure(`${hub.why}. Start it, or correct nats.url.`);
}

function hubOptions({ url, credentialsFile }: EngineOptions['nats']): HubOptions {
  const options = { url, name: 'slipway-engine' };
  if (credentialsFile === undefined) return options;
  return { ...options, credentials: { kind: 'file', path: credentialsFile } };
}

async function temporalOf({ address }: EngineOptions['temporal']): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address });
  } catch (error) {
    const detail = errorText(error);
    throw new EngineFailure(
      `cannot reach Temporal at ${address}: ${detail}. Start it, or correct temporal.address.`,
    );
  }
}

async function kubeOf(kubeconfigPath: string): Promise<Kube> {
  const connected = await connectKube({ kubeconfigPath });
  if (!connected.ok) throw new EngineFailure(connected.problem);
  return connected.kube;
}

export async function disconnect({ hub, temporal, observer, actor }: Neighbours): Promise<void> {
  await Promise.allSettled([hub.close(), temporal.close(), observer.close(), actor.close()]);
}
