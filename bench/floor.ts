/** What this machine needs for the bare act: a PATCH of one node that nobody else touches, in the same run. */
import type { Stack } from '../embedded/index.ts';
import { percentiles } from './statistics.ts';
import type { Percentiles } from './statistics.ts';

const patches = 100;

export async function measureFloor(stack: Stack, node: string): Promise<Percentiles> {
  const api = stack.api();
  const taken: number[] = [];
  for (let count = 0; count < patches; count += 1) {
    const startedAt = performance.now();
    const answer = await api.merge(`/api/v1/nodes/${node}`, {
      metadata: { annotations: { 'bench.slipway.dev/floor': String(count) } },
    });
    if (answer.status !== 200) throw new Error(`the bare PATCH was answered with ${answer.status}`);
    taken.push(performance.now() - startedAt);
  }
  return percentiles(taken);
}
