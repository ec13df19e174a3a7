/** How long a wait between failures is, and that a signal ends it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, createBackoff } from '../../../std/backoff.ts';
import { pause } from '../../../std/pause.ts';
import { untilAborted } from '../../../std/untilAborted.ts';

const pace = { firstMs: 100, longestMs: 2_000 };

test.each([
  [0, 100],
  [1, 200],
  [4, 1_600],
  [5, 2_000],
  [10_000, 2_000],
])('after %i failures the pause is half to all of %i ms', (failures, ceilingMs) => {
  fc.assert(
    fc.property(fc.constant(failures), (after) => {
      const ms = backoffMs(after, pace);
      expect(ms).toBeGreaterThanOrEqual(ceilingMs / 2);
      expect(ms).toBeLessThanOrEqual(ceilingMs);
    }),
  );
});

test('a raised signal ends every wait, also one that has not begun', async () => {
  const stop = new AbortController();
  const endless = { firstMs: 86_400_000, longestMs: 86_400_000 };
  const waits = [
    createBackoff(endless, stop.signal).failed(),
    createBackoff({ firstMs: 1, longestMs: 1 }, stop.signal).failed(86_400_000),
    pause(86_400_000, stop.signal),
    untilAborted(stop.signal),
  ];
  stop.abort();
  await Promise.all(waits);
  await pause(86_400_000, stop.signal);
  await untilAborted(stop.signal);
  expect(stop.signal.aborted).toBe(true);
});
