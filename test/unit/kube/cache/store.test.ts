/** The differences a list-watch tells. Breaks of the connection are in test/int/kube/cache/listWatch.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStore } from '../../../../kube/cache/store.ts';
import type { CacheChange, Identity, Store } from '../../../../kube/cache/store.ts';

type Item = { readonly name: string; readonly uid: string; readonly value: number };

const identity: Identity<Item> = {
  keyOf: ({ name }) => name,
  uidOf: ({ uid }) => uid,
  same: (before, after) => before.value === after.value,
};

function item(name: string, uid = `${name}-1`, value = 0): Item {
  return { name, uid, value };
}

/** A listener that rebuilds the collection from changes alone, and refuses what cannot be. */
function follower() {
  const known = new Map<string, Item>();
  const hear = (change: CacheChange<Item>): void => {
    const before = change.kind === 'added' ? undefined : change.before;
    const name = change.kind === 'deleted' ? change.before.name : change.after.name;
    expect(known.get(name)?.uid).toBe(before?.uid);
    if (change.kind === 'deleted') known.delete(name);
    else known.set(name, change.after);
  };
  return { known, hear };
}

describe('a store', () => {
  it('tells a new list what went missing, what came and what changed', () => {
    const store = createStore(identity);
    expect(replaced(store, [item('a'), item('b'), item('c')])).toHaveLength(3);
    expect(replaced(store, [item('b', 'b-1', 7), item('c'), item('d')])).toEqual([
      { kind: 'deleted', before: item('a') },
      { kind: 'changed', before: item('b'), after: item('b', 'b-1', 7) },
      { kind: 'added', after: item('d') },
    ]);
  });

  it('takes a long list in parts, each of which can be told before the next', () => {
    const store = createStore(identity);
    const list = Array.from({ length: 2_500 }, (_, n) => item(`${n}`));
    const parts = [...store.replaceAll(list)].map(({ length }) => length);
    expect(parts.filter((length) => length > 0)).toEqual([1_000, 1_000, 500]);
    const shorter = [...store.replaceAll([])].map(({ length }) => length);
    expect(shorter).toEqual([1_000, 1_000, 500]);
    store.put(item('0'));
    expect(replaced(store, list)).toHaveLength(2_499);
    expect(store.items.size).toBe(2_500);
  });

  it('sees another object under an old name', () => {
    const store = createStore(identity);
    store.put(item('a', 'first'));
    const expected = [
      { kind: 'deleted', before: item('a', 'first') },
      { kind: 'added', after: item('a', 'second') },
    ];
    expect(store.put(item('a', 'second'))).toEqual(expected);
  });

  it('does not let the late end of a predecessor take its successor along', () => {
    const store = createStore(identity);
    store.put(item('a', 'second'));
    expect(store.remove(item('a', 'first'))).toEqual([]);
    expect(store.items.get('a')?.uid).toBe('second');
  });

  it('keeps quiet about what is the same', () => {
    const store = createStore(identity);
    store.put(item('a'));
    expect(store.put(item('a'))).toEqual([]);
    expect(replaced(store, [item('a')])).toEqual([]);
  });

  it('lets a listener know exactly what it holds, whatever happens in whatever order', () => {
    const items = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      uid: fc.constantFrom('1', '2'),
      value: fc.nat(2),
    });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), item: items }),
      fc.record({ kind: fc.constant('remove' as const), item: items }),
      fc.record({
        kind: fc.constant('replace' as const),
        list: fc.uniqueArray(items, { selector: ({ name }) => name }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const store = createStore(identity);
        const { known, hear } = follower();
        for (const next of steps) {
          if (next.kind === 'put') store.put(next.item).forEach(hear);
          if (next.kind === 'remove') store.remove(next.item).forEach(hear);
          if (next.kind === 'replace') replaced(store, next.list).forEach(hear);
          const held = [...store.items.values()].toSorted(byName);
          expect(next.kind === 'replace' ? next.list.toSorted(byName) : held).toEqual(held);
          expect(known).toEqual(new Map(store.items));
        }
      }),
    );
  });
});

function replaced(store: Store<Item>, list: readonly Item[]): readonly CacheChange<Item>[] {
  return [...store.replaceAll(list)].flat();
}

function byName(one: Item, other: Item): number {
  return one.name.localeCompare(other.name);
}
