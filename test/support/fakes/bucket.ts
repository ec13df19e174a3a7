/** A bucket of the hub in memory: texts with revisions, that can be cut off and spoilt. Held to test/contract/event-hub. */
import { changeAt } from '../../../event-hub/change.ts';
import type { Bucket, Told } from '../../../event-hub/bucket.ts';

export type FakeBucket<T> = Bucket<T> & {
  /** While it is cut off, nothing is answered and nothing is told. */
  readonly cut: () => void;
  readonly mend: () => void;
  /** Writes a text past the bucket's own functions. */
  readonly spoil: (key: string, text: string) => void;
  /** How often something was written. */
  readonly writes: () => number;
};

type Kept = { readonly text: string; readonly revision: number };
type Store<T> = {
  readonly parse: (value: unknown) => T | undefined;
  readonly kept: Map<string, Kept>;
  readonly watchers: Set<(change: Told<T>) => void>;
  revision: number;
  isCut: boolean;
};

const unreachable = { kind: 'unreachable', why: 'the hub is cut off' } as const;

export function fakeBucket<T>(parse: (value: unknown) => T | undefined): FakeBucket<T> {
  const store: Store<T> = {
    parse,
    kept: new Map(),
    watchers: new Set(),
    revision: 0,
    isCut: false,
  };
  const get: Bucket<T>['get'] = async (key) =>
    store.isCut ? unreachable : (decoded(store, key) ?? { kind: 'absent' });
  const create: Bucket<T>['create'] = async (key, value) =>
    guarded(store, key, undefined) ?? write(store, key, JSON.stringify(value));
  const update: Bucket<T>['update'] = async (key, value, revision) =>
    guarded(store, key, revision) ?? write(store, key, JSON.stringify(value));
  return {
    get,
    create,
    update,
    change: (key, make) =>
      changeAt(
        {
          name: `the record of ${key}`,
          read: async () => {
            const found = await get(key);
            if (found.kind === 'absent') return { kind: 'read', record: undefined };
            return found.kind === 'found' ? { kind: 'read', record: found } : found;
          },
          write: (value, revision) =>
            revision === undefined ? create(key, value) : update(key, value, revision),
        },
        make,
      ),
    put: async (key, value) =>
      store.isCut ? unreachable : write(store, key, JSON.stringify(value)),
    remove: async (key, revision) => remove(store, key, revision),
    watch: async (onChange, signal) => watch(store, onChange, signal),
    cut: () => void (store.isCut = true),
    mend: () => void (store.isCut = false),
    spoil: (key, text) => void write(store, key, text),
    writes: () => store.revision,
  };
}

function write<T>(
  store: Store<T>,
  key: string,
  text: string,
): { readonly kind: 'written'; readonly revision: number } {
  store.revision += 1;
  store.kept.set(key, { text, revision: store.revision });
  const found = decoded(store, key);
  if (found) for (const tell of store.watchers) tell({ ...found, key });
  return { kind: 'written', revision: store.revision };
}

function remove<T>(
  store: Store<T>,
  key: string,
  revision: number | undefined,
): Awaited<ReturnType<Bucket<T>['remove']>> {
  const refusal = revision === undefined ? undefined : guarded(store, key, revision);
  if (store.isCut || refusal) return refusal ?? unreachable;
  store.kept.delete(key);
  for (const tell of store.watchers) tell({ kind: 'removed', key });
  return { kind: 'removed' };
}

/** Nothing where the write may go on. */
function guarded<T>(
  { isCut, kept }: Store<T>,
  key: string,
  revision: number | undefined,
): typeof unreachable | { readonly kind: 'conflict' } | undefined {
  if (isCut) return unreachable;
  return kept.get(key)?.revision === revision ? undefined : { kind: 'conflict' };
}

function watch<T>(store: Store<T>, onChange: (change: Told<T>) => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  store.watchers.add(onChange);
  signal.addEventListener('abort', () => store.watchers.delete(onChange));
  for (const key of store.kept.keys()) {
    const found = decoded(store, key);
    if (found) onChange({ ...found, key });
  }
}

function decoded<T>({ kept, parse }: Store<T>, key: string) {
  const found = kept.get(key);
  if (!found) return undefined;
  const { text, revision } = found;
  try {
    const value = parse(JSON.parse(text));
    if (value !== undefined) return { kind: 'found', value, revision } as const;
    return { kind: 'corrupt', revision, why: 'not a record of this bucket' } as const;
  } catch (error) {
    return { kind: 'corrupt', revision, why: String(error) } as const;
  }
}
