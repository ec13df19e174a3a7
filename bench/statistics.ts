/** Exact percentiles of a list of milliseconds (nearest rank), and how runs spread. */
export type Percentiles = {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    if (value === undefined) throw new Error('no values were measured');
    return Math.round(value * 10) / 10;
  };
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
}

/** The run in the middle by this figure: what is quoted. */
export function medianRun<T>(runs: readonly T[], figure: (run: T) => number): T {
  const sorted = runs.toSorted((one, other) => figure(one) - figure(other));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error('no run was made');
  return middle;
}
