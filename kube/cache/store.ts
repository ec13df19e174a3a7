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
  /** Takes a complete list for the truth: what it lacks is deleted. */
  readonly replaceAll: (list: readonly T[]) => readonly CacheChange<T>[];
};

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

  const replaceAll = (list: readonly T[]): readonly CacheChange<T>[] => {
    const present = new Set(list.map(identity.keyOf));
    const missing = [...items].filter(([key]) => !present.has(key)).map(([, item]) => item);
    return [...missing.flatMap(remove), ...list.flatMap(put)];
  };

  return { items, put, remove, replaceAll };
}
