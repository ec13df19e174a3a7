/** Typed records in a KV bucket of the hub, changed by compare-and-set, each cluster's apart from the others'. */
import { DeliverPolicy, JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import type { KV } from '@nats-io/kv';
import { pause } from '../std/pause.ts';
import { changeAt } from './change.ts';
import type {
  Changed,
  Conflict,
  Corrupt,
  Found,
  Known,
  Make,
  RecordPlace,
  RecordWritten,
} from './change.ts';
import { asFailure, hubBackoffMs, type Hub, type HubFailure } from './connection.ts';
import { decodeKey, encodeKey } from './subjects.ts';

/** How long a removal is kept for those who watch; the server then forgets that the key ever was. */
const removalToldFor = '1h';

export type BucketOptions<T> = {
  readonly name: string;
  readonly cluster: string;
  /** The record of a JSON value; throws or answers undefined for one that is none. */
  readonly parse: (value: unknown) => T | undefined;
};

/**
 * `removed`: the key is gone, or was found to be gone after a lost connection. `renewed`: the bucket was deleted and made
 * again; nothing of what was known is in it, and what is in it is told after this.
 */
export type Told<T> =
  | { readonly kind: 'renewed' }
  | (Found<T> & { readonly key: string })
  | (Corrupt & { readonly key: string })
  | { readonly kind: 'removed'; readonly key: string };

export type Bucket<T> = {
  /** From whichever copy answers first; with `leader`, from the one that takes the writes. */
  get(
    key: string,
    from?: 'leader',
  ): Promise<Found<T> | { readonly kind: 'absent' } | Corrupt | HubFailure>;
  /** `conflict`: the key exists. */
  create(key: string, value: T): Promise<RecordWritten | Conflict | HubFailure>;
  /** `conflict`: the key is not at this revision. After `unreachable` the value may have been written: read again. */
  update(key: string, value: T, revision: number): Promise<RecordWritten | Conflict | HubFailure>;
  /** By compare-and-set: `make` is asked again until nobody was faster. */
  change<R>(key: string, make: Make<T, R>): Promise<Changed<T, R>>;
  put(key: string, value: T): Promise<RecordWritten | HubFailure>;
  /** With a revision: only if the key is still at it. */
  remove(
    key: string,
    revision?: number,
  ): Promise<{ readonly kind: 'removed' } | Conflict | HubFailure>;
  /**
   * Tells every record there is, then every change, across lost connections, until the signal. A record may be told
   * twice. The promise settles once the first telling is complete (or the signal was raised); it never rejects.
   */
  watch(onChange: (change: Told<T>) => void, signal: AbortSignal): Promise<void>;
};

/** Opens a bucket that `ensureStreams` made. */
export async function openBucket<T>(hub: Hub, options: BucketOptions<T>): Promise<Bucket<T>> {
  const buckets = new Kvm(hub.jetstream);
  const [store, leader] = await Promise.all([
    buckets.open(options.name, { allow_direct: true }),
    buckets.open(options.name, { allow_direct: false }),
  ]);
  const stream = streamOf(options);
  const failed = (error: unknown): HubFailure => asFailure(error, stream);
  const written = (writing: Promise<number>): Promise<RecordWritten | Conflict | HubFailure> =>
    writing.then(
      (revision) => ({ kind: 'written', revision }),
      (error: unknown) => (isConflict(error) ? { kind: 'conflict' } : failed(error)),
    );
  /** What the last change of each key left: the next one tries it first, and reads only where that fails. */
  const changed = new Map<string, Known<T>>();
  const keyOf = (key: string): string => `${encodeKey(options.cluster)}.${encodeKey(key)}`;
  const get: Bucket<T>['get'] = (key, from) =>
    read(from === 'leader' ? leader : store, keyOf(key), options.parse).catch(failed);
  const create: Bucket<T>['create'] = (key, value) =>
    written(store.create(keyOf(key), encode(value)));
  const update: Bucket<T>['update'] = (key, value, revision) =>
    written(store.update(keyOf(key), encode(value), revision));
  return {
    get,
    create,
    update,
    change: async (key, make) => {
      const last = changed.get(key);
      const answer = await changeAt(
        {
          name: `the record of ${key}`,
          ...(last && { mirrored: { record: last } }),
          read: async () => readFor(await get(key, 'leader')),
          write: (value, revision) =>
            revision === undefined ? create(key, value) : update(key, value, revision),
        },
        make,
      );
      if (answer.kind === 'changed' && answer.record) changed.set(key, answer.record);
      return answer;
    },
    put: (key, value) =>
      store
        .put(keyOf(key), encode(value))
        .then((revision) => ({ kind: 'written', revision }), failed),
    remove: (key, revision) => remove(store, keyOf(key), { revision, failed }),
    watch: (onChange, signal) => watchBucket({ hub, options, onChange, signal }),
  };
}

async function read<T>(
  store: KV,
  key: string,
  parse: BucketOptions<T>['parse'],
): Promise<Found<T> | { readonly kind: 'absent' } | Corrupt> {
  const entry = await store.get(key);
  if (entry?.operation !== 'PUT') return { kind: 'absent' };
  return decode(entry.value, entry.revision, parse);
}

function encode(value: unknown): string {
  return JSON.stringify(value);
}

function readFor<T>(
  found: Awaited<ReturnType<Bucket<T>['get']>>,
): Awaited<ReturnType<RecordPlace<T>['read']>> {
  if (found.kind === 'absent') return { kind: 'read', record: undefined };
  return found.kind === 'found' ? { kind: 'read', record: found } : found;
}

type Removed = { readonly kind: 'removed' } | Conflict | HubFailure;

async function remove(
  store: KV,
  key: string,
  {
    revision,
    failed,
  }: {
    readonly revision: number | undefined;
    readonly failed: (error: unknown) => HubFailure;
  },
): Promise<Removed> {
  const at = revision === undefined ? {} : { previousSeq: revision };
  const removal = (removing: Promise<void>): Promise<Removed> =>
    removing.then(
      () => ({ kind: 'removed' }),
      (error: unknown) => (isConflict(error) ? { kind: 'conflict' } : failed(error)),
    );
  const removed = await removal(store.purge(key, { ...at, ttl: removalToldFor }));
  // A bucket whose settings we may not change takes no such time, and keeps the mark for ever.
  return removed.kind === 'refused' ? removal(store.delete(key, at)) : removed;
}

function isConflict(error: unknown): boolean {
  const codes: number[] = [
    JetStreamApiCodes.StreamWrongLastSequence,
    JetStreamApiCodes.StreamWrongLastSequenceUnknown,
  ];
  return error instanceof JetStreamApiError && codes.includes(error.code);
}

/** What the last round told, and of which bucket by the time of its making. */
type ToldKeys = { readonly keys: Set<string>; created: string | undefined };

type Watching<T> = {
  readonly hub: Hub;
  readonly options: BucketOptions<T>;
  readonly onChange: (change: Told<T>) => void;
  readonly signal: AbortSignal;
};

/** Each round tells all there is: after a lost connection nothing we knew can be relied on. */
async function watchBucket<T>(watching: Watching<T>): Promise<void> {
  const known: ToldKeys = { keys: new Set(), created: undefined };
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const rounds = async (): Promise<void> => {
    let failures = 0;
    while (!watching.signal.aborted && !watching.hub.connection.isClosed()) {
      const watched = watchOnce(watching, known, resolve);
      failures = await watched.then(
        () => 0,
        () => failures + 1,
      );
      await pause(hubBackoffMs(failures), watching.signal);
    }
    resolve();
  };
  void rounds();
  return complete;
}

async function watchOnce<T>(
  watching: Watching<T>,
  known: ToldKeys,
  onComplete: () => void,
): Promise<void> {
  const { hub, options, onChange } = watching;
  await tellRenewal(watching, known);
  const prefix = `$KV.${options.name}.${encodeKey(options.cluster)}.`;
  const consumer = await hub.jetstream.consumers.get(streamOf(options), {
    filter_subjects: `${prefix}>`,
    deliver_policy: DeliverPolicy.LastPerSubject,
    inactive_threshold: 30_000,
  });
  const { num_pending: expected } = await consumer.info(true);
  const told = new Set<string>();
  let complete = false;
  const finish = (): void => {
    complete = true;
    for (const key of known.keys) if (!told.has(key)) onChange({ kind: 'removed', key });
    known.keys.clear();
    for (const key of told) known.keys.add(key);
    onComplete();
  };
  if (expected === 0) finish();
  const messages = await consumer.consume({
    expires: 10_000,
    idle_heartbeat: 2_000,
    abort_on_missing_resource: true,
    callback: (message) => {
      const change = changeOf(message, prefix, options.parse);
      const set = complete ? known.keys : told;
      if (change.kind === 'removed') set.delete(change.key);
      else set.add(change.key);
      onChange(change);
      if (!complete && message.info.pending === 0) finish();
    },
  });
  await untilLost(watching, messages);
}

/** Revisions and keys of a former bucket say nothing about the one that is there now. */
async function tellRenewal<T>({ hub, options, onChange }: Watching<T>, known: ToldKeys) {
  const { created } = await hub.manager.streams.info(streamOf(options));
  if (known.created !== undefined && known.created !== created) {
    known.keys.clear();
    onChange({ kind: 'renewed' });
  }
  known.created = created;
}

function streamOf({ name }: Pick<BucketOptions<unknown>, 'name'>): string {
  return `KV_${name}`;
}

type KeyTold<T> = Exclude<Told<T>, { readonly kind: 'renewed' }>;

function changeOf<T>(message: JsMsg, prefix: string, parse: BucketOptions<T>['parse']): KeyTold<T> {
  const token = message.subject.slice(prefix.length);
  const key = decodeKey(token) ?? token;
  const operation = message.headers?.get('KV-Operation') ?? '';
  if (operation !== '') return { kind: 'removed', key };
  return { key, ...decode(message.data, message.seq, parse) };
}

function decode<T>(
  body: Uint8Array,
  revision: number,
  parse: BucketOptions<T>['parse'],
): Found<T> | Corrupt {
  try {
    const value = parse(JSON.parse(new TextDecoder().decode(body)));
    if (value !== undefined) return { kind: 'found', value, revision };
    return { kind: 'corrupt', revision, why: 'not a record of this bucket' };
  } catch (error) {
    return { kind: 'corrupt', revision, why: String(error) };
  }
}

/** Returns when the signal is raised or the connection was lost and found again. */
async function untilLost<T>(
  { hub, signal }: Watching<T>,
  messages: ConsumerMessages,
): Promise<void> {
  const stop = (): void => {
    messages.stop();
  };
  const forget = hub.onReconnect(stop);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  await messages.closed();
  signal.removeEventListener('abort', stop);
  forget();
}
