/** Work of different lanes runs side by side, work of one lane in the order it was given. */
export type Lanes = {
  /** Runs `work` after everything given to this lane before it. `work` must not throw. */
  readonly run: (lane: string, work: () => Promise<void>) => void;
  /** Settles when every lane is empty. */
  readonly idle: () => Promise<void>;
};

export function makeLanes(): Lanes {
  const ends = new Map<string, Promise<void>>();
  const run = (lane: string, work: () => Promise<void>): void => {
    const before = ends.get(lane);
    const end = takeTurn(before, work).finally(() => {
      if (ends.get(lane) === end) ends.delete(lane);
    });
    ends.set(lane, end);
  };
  const idle = async (): Promise<void> => {
    while (ends.size > 0) await Promise.all(ends.values());
  };
  return { run, idle };
}

async function takeTurn(
  before: Promise<void> | undefined,
  work: () => Promise<void>,
): Promise<void> {
  if (before !== undefined) await before;
  await work();
}
