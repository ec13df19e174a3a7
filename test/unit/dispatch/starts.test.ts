/** The order of a burst: isolations first, workflows behind them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStarts } from '../../../dispatch/starts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function turn(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

test('a start with nobody before it begins at once', async () => {
  const { behind } = createStarts();
  expect(await behind(async () => 'started')).toBe('started');
});

test('starts wait until no repair takes its first steps', async () => {
  const { first, behind } = createStarts();
  const steps = Promise.withResolvers<void>();
  const order: string[] = [];
  const beginning = first(async () => {
    await steps.promise;
    order.push('isolated');
  });
  const starting = behind(async () => order.push('started'));
  await turn();
  expect(order).toEqual([]);
  steps.resolve();
  await Promise.all([beginning, starting]);
  expect(order).toEqual(['isolated', 'started']);
});

test('first steps that take too long hold up no workflow for ever', async () => {
  const { first, behind } = createStarts();
  void first(() => new Promise(() => undefined));
  let isStarted = false;
  void behind(async () => {
    isStarted = true;
  });
  await vi.advanceTimersByTimeAsync(7_900);
  expect(isStarted).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(isStarted).toBe(true);
});

test('only so many starts are under way at once, and one that fails makes room', async () => {
  const { behind } = createStarts();
  const starts = Array.from({ length: 21 }, () => Promise.withResolvers<void>());
  let begun = 0;
  const all = starts.map(async ({ promise }) =>
    behind(async () => {
      begun += 1;
      await promise;
    }).catch(() => undefined),
  );
  await turn();
  expect(begun).toBe(20);
  starts[0]?.reject(new Error('no answer'));
  await turn();
  expect(begun).toBe(21);
  for (const { resolve } of starts) resolve();
  await Promise.all(all);
});
