/** What an examination wants to know of the hub; nothing here changes anything. */
import { StorageType } from '@nats-io/jetstream';
import { buckets, streams } from '../domain/vocabulary/hub.ts';
import { asFailure, type Hub, type HubFailure } from './connection.ts';

export type StreamFacts = {
  readonly name: string;
  readonly replicas: number;
  readonly inFiles: boolean;
  /** Whether the server refuses to delete and purge its messages. */
  readonly protected: boolean;
  readonly messages: number;
};

export type HubFacts = {
  readonly kind: 'facts';
  readonly serverVersion: string;
  readonly streams: readonly StreamFacts[];
  /** Streams and buckets that are not there. */
  readonly missing: readonly string[];
};

export async function inspectHub(hub: Hub): Promise<HubFacts | HubFailure> {
  const found: StreamFacts[] = [];
  const missing: string[] = [];
  const wanted = [...Object.values(streams), ...Object.values(buckets).map((name) => `KV_${name}`)];
  for (const name of wanted) {
    const facts = await streamFacts(hub, name);
    if ('kind' in facts && facts.kind === 'unreachable') return facts;
    if ('kind' in facts) missing.push(name);
    else found.push(facts);
  }
  const serverVersion = hub.connection.info?.version ?? '';
  return { kind: 'facts', serverVersion, streams: found, missing };
}

async function streamFacts(hub: Hub, name: string): Promise<StreamFacts | HubFailure> {
  try {
    const { config, state } = await hub.manager.streams.info(name);
    return {
      name,
      replicas: config.num_replicas,
      inFiles: config.storage === StorageType.File,
      protected: config.deny_delete && config.deny_purge,
      messages: state.messages,
    };
  } catch (error) {
    return asFailure(error, name);
  }
}
