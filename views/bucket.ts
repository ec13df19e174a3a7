/** Records in a bucket of the hub, opened so that nothing can be written through it. */
import { errorText } from '../std/errorText.ts';
import { openBucket, type Bucket, type Hub } from '../event-hub/index.ts';
import { isUnread, unread, unreadFromHub, type Asked, type UnreadPart } from './unread.ts';

/** The hub, and the id of the cluster whose part of it is read. */
export type ClusterHub = { readonly hub: Hub; readonly cluster: string };

export type All<T> = {
  readonly records: readonly T[];
  /** Keys whose record this version cannot read. */
  readonly unreadable: readonly string[];
};

export type Kept<T> = { readonly record: T; readonly revision: number };

type RecordsOf<T> = {
  readonly name: string;
  readonly parse: (value: unknown) => T | undefined;
};

/** Undefined: there is no such record. */
export async function readOne<T>(
  from: ClusterHub,
  records: RecordsOf<T>,
  key: string,
  of: Asked,
): Promise<Kept<T> | undefined | UnreadPart> {
  const bucket = await open(from, records, of);
  if (isUnread(bucket)) return bucket;
  const found = await bucket.get(key);
  switch (found.kind) {
    case 'found':
      return { record: found.value, revision: found.revision };
    case 'absent':
      return undefined;
    case 'corrupt':
      return unread(of, { because: 'corrupt', why: found.why });
    default:
      return unreadFromHub(of, found);
  }
}

/** Everything in a bucket, as it is now. */
export async function readAll<T>(
  from: ClusterHub,
  records: RecordsOf<T>,
  of: Asked,
): Promise<All<T> | UnreadPart> {
  const bucket = await open(from, records, of);
  if (isUnread(bucket)) return bucket;
  // A watch waits for a bucket that is not there; a question is answered.
  const asked = await bucket.get('');
  if ('stream' in asked) return unreadFromHub(of, asked);
  const found = new Map<string, T>();
  const unreadable = new Set<string>();
  const reading = new AbortController();
  const timeout = AbortSignal.any([reading.signal, AbortSignal.timeout(readTimeoutMs)]);
  await bucket.watch((told) => {
    if (told.kind === 'found') found.set(told.key, told.value);
    if (told.kind === 'corrupt') unreadable.add(told.key);
  }, timeout);
  const complete = !timeout.aborted;
  reading.abort();
  if (!complete) return unread(of, { because: 'late', afterMs: readTimeoutMs });
  return { records: [...found.values()], unreadable: [...unreadable].toSorted() };
}

const readTimeoutMs = 5_000;

async function open<T>(
  { hub, cluster }: ClusterHub,
  { name, parse }: RecordsOf<T>,
  of: Asked,
): Promise<Pick<Bucket<T>, 'get' | 'watch'> | UnreadPart> {
  try {
    return await openBucket(hub, { name, cluster, parse });
  } catch (error) {
    return unread(of, { because: 'not-opened', bucket: name, why: errorText(error) });
  }
}
