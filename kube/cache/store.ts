/** What a list-watch knows, and the differences between what it knew and what it hears. */

export type CacheChange<T> =
  | { readonly kind: 'added'; readonly after: T }
  | { readonly kind: 'changed'; readonly before: T; readonly after: T }
  | { readonly kind: 'deleted'; readonly before: T };

/** How a projected object is told from others. */
export type Identity<T> = {
  /** The name: one object at a time has it. */
  readonly keyOf: (item: T) => string;
  /** The UID: another one under the same key is another object. */
  readonly uidOf: (item: T) => string;
  /** Whether the difference is worth telling. */
  readonly same: (before: T, after: T) => boolean;
};

export type Store<T> = {
  readonly items: ReadonlyMap<string, T>;
  readonly put: (item: T) => readonly CacheChange<T>[];
  readonly remove: (item: T) => readonly CacheChange<T>[];
  /** Takes a complete list for the truth: what it lacks is deleted. Part after part, as each is taken (ADR 19). */
  readonly replaceAll: (list: readonly T[]) => Iterable<readonly CacheChange<T>[]>;
};

/** So many objects are compared in a few milliseconds. */
const partSize = 1_000;

/** An empty store. */
export function createStore<T>(identity: Identity<T>): Store<T> {
  const items = new Map<string, T>();

  const put = (item: T): readonly CacheChange<T>[] => {
    const key = identity.keyOf(item);
    const changes = differences(identity, items.get(key), item);
    items.set(key, item);
    return changes;
  };

  const remove = (item: T): readonly CacheChange<T>[] => {
    const key = identity.keyOf(item);
    const before = items.get(key);
    // A late word about a predecessor says nothing about the object that has the name now.
    if (before === undefined || identity.uidOf(before) !== identity.uidOf(item)) return [];
    items.delete(key);
    return [{ kind: 'deleted', before }];
  };

  function* replaceAll(list: readonly T[]): Iterable<readonly CacheChange<T>[]> {
    const present = new Set<string>();
    for (const part of partsOf(list)) {
      for (const item of part) present.add(identity.keyOf(item));
      yield [];
    }
    for (const part of partsOf([...items.values()]))
      yield part.filter((item) => !present.has(identity.keyOf(item))).flatMap(remove);
    for (const part of partsOf(list)) yield part.flatMap(put);
  }

  return { items, put, remove, replaceAll };
}

function differences<T>(
  identity: Identity<T>,
  before: T | undefined,
  after: T,
): readonly CacheChange<T>[] {
  if (before === undefined) return [{ kind: 'added', after }];
  if (identity.uidOf(before) !== identity.uidOf(after)) {
    return [
      { kind: 'deleted', before },
      { kind: 'added', after },
    ];
  }
  return identity.same(before, after) ? [] : [{ kind: 'changed', before, after }];
}

function* partsOf<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += partSize) yield all.slice(from, from + partSize);
}
