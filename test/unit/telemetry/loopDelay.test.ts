import { expect, test, vi } from 'vitest';
import { watchLoopDelay } from '../../../telemetry/loopDelay.ts';

test('the longest delay is told once', async () => {
  const stop = new AbortController();
  const delay = watchLoopDelay(stop.signal);
  const blocking = setInterval(() => block(100), 150);
  // Several turns are long between two readings: the first of them is not seen where it follows a reading at once.
  await vi.waitFor(
    () => {
      const { max } = delay();
      expect(max).toBeGreaterThan(0.07);
      expect(max).toBeLessThan(5);
    },
    { interval: 600, timeout: 15_000 },
  );
  clearInterval(blocking);
  expect(delay()).toEqual({ p99: 0, max: 0 });
  stop.abort();
});

function block(forMs: number): void {
  const until = performance.now() + forMs;
  while (performance.now() < until);
}
