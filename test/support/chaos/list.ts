/** The points at which an engine can be killed, as undisturbed repairs came to them. */
import type { Reached } from './orders.ts';

export type Point<W extends string> = {
  readonly way: W;
  readonly name: string;
  /** How long after the fault the undisturbed repair came to it. */
  readonly afterMs: number;
  /** Only dying is possible there, no standing still. */
  readonly atOnce: boolean;
};

export type Watched<W extends string> = {
  readonly way: W;
  readonly node: string;
  readonly startedAt: number;
};

/** Each point once, with the first of the watched repairs that came to it. */
export function listPoints<W extends string>(
  reached: readonly Reached[],
  watched: readonly Watched<W>[],
): readonly Point<W>[] {
  const atOnce = new Set(reached.filter((one) => one.atOnce).map(({ point }) => callOf(point)));
  const points = new Map<string, Point<W>>();
  for (const { way, node, startedAt } of watched) {
    for (const { point: name, at } of reached.filter((one) => one.node === node)) {
      if (points.has(name)) continue;
      points.set(name, { way, name, afterMs: at - startedAt, atOnce: atOnce.has(callOf(name)) });
    }
  }
  return [...points.values()];
}

/** Groups of at most `size`, each with at most one point that kills by itself. */
export function batches<W extends string>(
  points: readonly Point<W>[],
  size: number,
): readonly (readonly Point<W>[])[] {
  const killers = points.filter(({ atOnce }) => atOnce).map((killer) => [killer]);
  const groups: Point<W>[][] = killers;
  for (const point of points.filter(({ atOnce }) => !atOnce)) {
    const open = groups.find((group) => group.length < size);
    if (open) open.push(point);
    else groups.push([point]);
  }
  return groups;
}

function callOf(point: string): string {
  return point.replace(/^(before|after) /, '');
}
