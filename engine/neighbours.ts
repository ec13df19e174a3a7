/** The servers an engine works with; all must be there when it starts. */
import { NativeConnection } from '@temporalio/worker';
import type { ClusterIdentity } from '../domain/node.ts';
import { connectHub, ensureStreams } from '../event-hub/index.ts';
import type { Hub, HubOptions } from '../event-hub/index.ts';
import { clusterIdentity, connectKube } from '../kube/index.ts';
import type { Kube } from '../kube/index.ts';
import { overWorkerConnection } from '../temporal/index.ts';
import type { Temporal } from '../temporal/index.ts';
import { EngineFailure } from './options.ts';
import type { EngineOptions } from './options.ts';

export type Neighbours = {
  readonly observer: Kube;
  readonly actor: Kube;
  readonly identity: ClusterIdentity;
  readonly hub: Hub;
  readonly temporal: Temporal;
  /** Shared by workers and client, so that a repair starts without a round trip. */
  readonly connection: NativeConnection;
};

/** Throws `EngineFailure` naming the neighbour that cannot be reached. */
export async function connectAll(options: EngineOptions): Promise<Neighbours> {
  const [observer, actor, hub, temporal] = await Promise.all([
    kubeOf(options.kubeconfigs.observer),
    kubeOf(options.kubeconfigs.actor),
    connectHub(hubOptions(options.nats)),
    temporalOf(options.temporal),
  ]);
  if (hub.kind === 'unreachable')
    throw new EngineFailure(`${hub.why}. Start it, or correct nats.url.`);
  const streams = await ensureStreams(hub);
  if (streams.kind !== 'ready') throw new EngineFailure(streams.why);
  const identity = await clusterIdentity(observer);
  if (!identity.ok) throw new EngineFailure(identity.refusal.message);
  return { observer, actor, hub, ...temporal, identity: identity.value };
}

function hubOptions({ url, credentialsFile }: EngineOptions['nats']): HubOptions {
  const options = { url, name: 'slipway-engine' };
  if (credentialsFile === undefined) return options;
  return { ...options, credentials: { kind: 'file', path: credentialsFile } };
}

async function temporalOf(
  options: EngineOptions['temporal'],
): Promise<Pick<Neighbours, 'temporal' | 'connection'>> {
  const { address } = options;
  try {
    const connection = await NativeConnection.connect({ address });
    return { connection, temporal: overWorkerConnection(connection, options) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
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
