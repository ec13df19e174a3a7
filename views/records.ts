/** What dispatch and guard keep on the hub, for screens. */
import { errorText } from '../std/errorText.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { Ledger } from '../domain/guard/types.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { openBucket, type Bucket } from '../event-hub/index.ts';
import { parseEpisodeRecord } from '../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../schemas/wire/guardRecord.ts';
import { failure, isFailure, type Failure } from './failure.ts';
import { hubFailure } from './hubFailure.ts';
import { sentence, type Sources } from './sources.ts';

/** The key under which the guard keeps its ledger. */
const ledgerKey = 'ledger';

/** Undefined: no permit was ever granted. */
export async function readLedger(sources: Sources): Promise<Ledger | undefined | Failure> {
  const bucket = await openNamed(sources, buckets.guard, parseGuardRecord);
  if (isFailure(bucket)) return bucket;
  const found = await bucket.get(ledgerKey);
  if (found.kind === 'absent') return undefined;
  if (found.kind === 'found' && found.value.kind === 'ledger') return found.value.ledger;
  const what = 'The permit ledger cannot be read';
  if (found.kind !== 'found' && found.kind !== 'corrupt') return hubFailure(what, found);
  const reason = found.kind === 'corrupt' ? found.why : 'it holds something else';
  return failure('recordUnreadable', sentence(`${what}: ${reason}`));
}

export type KeptRecord = { readonly record: EpisodeRecord; readonly revision: number };

/** Undefined: nothing was ever reported about this node. */
export async function readRecord(
  sources: Sources,
  node: string,
): Promise<KeptRecord | undefined | Failure> {
  const bucket = await openEpisodes(sources);
  if (isFailure(bucket)) return bucket;
  const found = await bucket.get(node);
  if (found.kind === 'absent') return undefined;
  if (found.kind === 'found') return { record: found.value, revision: found.revision };
  const what = `The record of ${node} cannot be read`;
  if (found.kind === 'corrupt')
    return failure('recordUnreadable', sentence(`${what}: ${found.why}`));
  return hubFailure(what, found);
}

export async function readRecords(sources: Sources): Promise<All<EpisodeRecord> | Failure> {
  const bucket = await openEpisodes(sources);
  if (isFailure(bucket)) return bucket;
  return readAll(bucket, 'node records');
}

export type All<T> = {
  readonly records: readonly T[];
  /** Keys whose record this version cannot read. */
  readonly unreadable: readonly string[];
};

/** Everything in a bucket, as it is now. */
export async function readAll<T>(bucket: Bucket<T>, what: string): Promise<All<T> | Failure> {
  // A watch waits for a bucket that is not there; a question is answered.
  const asked = await bucket.get('');
  if ('stream' in asked) return hubFailure(`The ${what} could not be read`, asked);
  const records = new Map<string, T>();
  const unreadable = new Set<string>();
  const reading = new AbortController();
  const timeout = AbortSignal.any([reading.signal, AbortSignal.timeout(readTimeoutMs)]);
  await bucket.watch((change) => {
    if (change.kind === 'found') records.set(change.key, change.value);
    if (change.kind === 'corrupt') unreadable.add(change.key);
  }, timeout);
  const complete = !timeout.aborted;
  reading.abort();
  if (complete) return { records: [...records.values()], unreadable: [...unreadable].toSorted() };
  return failure('hubUnreachable', `The ${what} did not arrive within ${readTimeoutMs} ms.`);
}

const readTimeoutMs = 5_000;

export async function openEpisodes(sources: Sources): Promise<Bucket<EpisodeRecord> | Failure> {
  return openNamed(sources, buckets.episodes, parseEpisodeRecord);
}

export async function openNamed<T>(
  { hub, cluster }: Sources,
  name: string,
  parse: (value: unknown) => T | undefined,
): Promise<Bucket<T> | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  try {
    return await openBucket(hub, { name, cluster: cluster.id, parse });
  } catch (error) {
    return failure(
      'hubRefused',
      sentence(`The bucket ${name} could not be opened: ${errorText(error)}`),
    );
  }
}
