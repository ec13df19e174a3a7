import { expect, test, vi } from 'vitest';
import { watchLoopDelay } from '../../../telemetry/loopDelay.ts';

test('the longest delay is told once', async () => {
  const stop = new AbortController();
  const delay = watchLoopDelay(stop.signal);
  const blocking = setInterval(() => block(200), 60);
  await vi.waitFor(() => {
    const { max } = delay();
    expect(max).toBeGreaterThan(0.15);
    expect(max).toBeLessThan(5);
  });
  clearInterval(blocking);
  expect(delay()).toEqual({ p99: 0, max: 0 });
  stop.abort();
});

function block(forMs: number): void {
  const until = performance.now() + forMs;
  while (performance.now() < until);
}
