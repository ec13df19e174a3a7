/** The pace of evictions, as it is configured. */
import { expect, test } from 'vitest';
import { createPace } from '../../../engine/pace.ts';

test('evictions follow each other no faster than configured', async () => {
  const pace = createPace({ evictionsPerSecond: 20 });
  const { signal } = new AbortController();
  const startedMs = performance.now();
  for (let turn = 0; turn < 3; turn += 1) await pace.turn(signal);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(95);
});
