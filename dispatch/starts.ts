/** The order of a burst: first the steps that take nodes out, behind them the starts of workflows (ADR 21). */

/** A steady stream of faults must not hold up the workflows of those before it for ever. */
const longestYieldMs = 8_000;
/** More at once only wait for each other in Temporal's store. */
const startsAtOnce = 20;

export type Starts = {
  /** Takes the first steps of a repair. */
  readonly first: <T>(steps: () => Promise<T>) => Promise<T>;
  /** Starts a workflow once no repair takes its first steps, or they have taken too long. */
  readonly behind: <T>(start: () => Promise<T>) => Promise<T>;
};

type WaitingStart = { readonly go: () => void; readonly latestAt: number };

export function createStarts(): Starts {
  const waiting: WaitingStart[] = [];
  let beginning = 0;
  let starting = 0;
  const isNext = ({ latestAt }: WaitingStart): boolean =>
    starting < startsAtOnce && (beginning === 0 || performance.now() >= latestAt);
  const letGo = (): void => {
    while (waiting[0] && isNext(waiting[0])) {
      starting += 1;
      waiting.shift()?.go();
    }
  };
  const turn = (): Promise<void> =>
    new Promise((go) => {
      waiting.push({ go, latestAt: performance.now() + longestYieldMs });
      setTimeout(letGo, longestYieldMs).unref();
      letGo();
    });
  return {
    first: async (steps) => {
      beginning += 1;
      try {
        return await steps();
      } finally {
        beginning -= 1;
        letGo();
      }
    },
    behind: async (start) => {
      await turn();
      try {
        return await start();
      } finally {
        starting -= 1;
        letGo();
      }
    },
  };
}
