import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAlarms } from '../../../dispatch/alarms.ts';

const day = 24 * 60 * 60 * 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(answer: 'done' | 'retry' = 'done') {
  const rung: string[] = [];
  const stop = new AbortController();
  const alarms = createAlarms({
    clock: () => Date.now(),
    signal: stop.signal,
    ring: (node) => {
      rung.push(node);
      return Promise.resolve(answer);
    },
  });
  return { rung, alarms, stop };
}

test('an alarm further away than a timer can be rings in its time, and not before', async () => {
  const { rung, alarms } = start();
  alarms.set('a', Date.now() + 60 * day);
  await vi.advanceTimersByTimeAsync(60 * day - 1);
  expect(rung).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(rung).toEqual(['a']);
  expect(vi.getTimerCount()).toBe(0);
});

test('an earlier alarm replaces one that is far away', async () => {
  const { rung, alarms } = start();
  alarms.set('a', Date.now() + 60 * day);
  alarms.set('a', Date.now() + day);
  await vi.advanceTimersByTimeAsync(day);
  expect(rung).toEqual(['a']);
  expect(vi.getTimerCount()).toBe(0);
});

test('what could not be looked at rings again, until the signal', async () => {
  const { rung, alarms, stop } = start('retry');
  alarms.set('a', Date.now());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(rung).toEqual(['a', 'a']);
  stop.abort();
  alarms.set('b', Date.now());
  await vi.advanceTimersByTimeAsync(day);
  expect(rung).toEqual(['a', 'a']);
});
