/** Which open episodes are looked at in one sweep for repairs that vanished or cannot run (ADR 20). */

export type OpenEpisode = { readonly node: string; readonly repairId: string };

export type Sweep = {
  readonly due: readonly OpenEpisode[];
  /** Where the turns of the next sweep begin. */
  readonly next: number;
};

/**
 * Every episode whose repair is not shown as running, and of the others `most`, in turn. What is shown is a hint: that a
 * repair runs may be old news, and how it runs is not shown at all.
 */
export function sweep(
  open: readonly OpenEpisode[],
  running: ReadonlySet<string>,
  { from, most }: { readonly from: number; readonly most: number },
): Sweep {
  const shown = open.filter(({ repairId }) => running.has(repairId));
  const missing = open.filter(({ repairId }) => !running.has(repairId));
  const begin = from < shown.length ? from : 0;
  const turns = shown.slice(begin, begin + most);
  return { due: [...missing, ...turns], next: begin + turns.length };
}
