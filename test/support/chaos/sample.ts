/** A sample of `count` in the order of the list, the same for the same seed, with all that must be in it. */
export function seeded<T>(
  seed: number,
  list: readonly T[],
  isWanted: (item: T) => boolean,
  count: number,
): readonly T[] {
  const random = mulberry(seed);
  const drawn = list.map((item) => ({ item, rank: isWanted(item) ? -1 : random() }));
  const chosen = new Set(
    drawn
      .toSorted((one, other) => one.rank - other.rank)
      .slice(0, count)
      .map(({ item }) => item),
  );
  return list.filter((item) => chosen.has(item));
}

/** A small generator of numbers from 0 to 1 (mulberry32), since Math.random has no seed. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
