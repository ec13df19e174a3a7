/** Work that is under way is joined, not begun a second time. */

export type Joins<T> = {
  /** What comes of the work of this key that is under way, or of `work`, which begins then. */
  readonly join: (key: string, work: () => Promise<T>) => Promise<T>;
  readonly isUnderWay: (key: string) => boolean;
};

export function createJoins<T>(): Joins<T> {
  const underWay = new Map<string, Promise<T>>();
  return {
    isUnderWay: (key) => underWay.has(key),
    join: (key, work) => {
      const joined = underWay.get(key);
      if (joined) return joined;
      const begun = work().finally(() => underWay.delete(key));
      underWay.set(key, begun);
      return begun;
    },
  };
}
