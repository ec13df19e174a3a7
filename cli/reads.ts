/** How a command reads through views: what could not be reached or read becomes a failure. */
import { readHeader as headerOf, type HeaderRead, type Reached } from '../views/header.ts';
import type { ClusterHub } from '../views/bucket.ts';
import { isUnread, type UnreadPart } from '../views/unread.ts';
import { isFailure, present, type Failure } from './failure.ts';
import type { Sources } from './sources.ts';
import { failureOf } from './words/unread.ts';

/** Reads from the hub. */
export async function fromHub<T>(
  sources: Pick<Sources, 'hub' | 'cluster'>,
  read: (from: ClusterHub) => Promise<T | UnreadPart>,
): Promise<T | Failure> {
  const from = hubOf(sources);
  return isFailure(from) ? from : orFailure(await read(from));
}

/** The value, or the failure that stands for what could not be read. */
export function orFailure<T>(read: T | UnreadPart): T | Failure {
  return isUnread(read) ? failureOf(read) : read;
}

export type HeadRead = Omit<HeaderRead, 'unread'> & { readonly unread: readonly Failure[] };

export async function readHeader(sources: Sources, asOf: number): Promise<HeadRead> {
  const read = await headerOf(reachedBy(sources), asOf);
  const unreached = [sources.kube, sources.cluster].filter(isFailure);
  return { ...read, unread: distinct([...unreached, ...read.unread.map(failureOf)]) };
}

/** One failure has many consequences; it is told once. */
export function distinct(failures: readonly Failure[]): readonly Failure[] {
  return failures.filter(
    ({ what }, index) => failures.findIndex((other) => other.what === what) === index,
  );
}

export function reachedBy(sources: Sources): Reached {
  return {
    kube: present(sources.kube),
    hub: present(hubOf(sources)),
    cluster: present(sources.cluster),
  };
}

function hubOf({ hub, cluster }: Pick<Sources, 'hub' | 'cluster'>): ClusterHub | Failure {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  return { hub, cluster: cluster.id };
}
