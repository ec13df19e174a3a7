import { expect, it } from 'vitest';
import { createTurns } from '../../../notices/turns.ts';

it('lets so many calls run at once, the others in their order, whatever becomes of those before', async () => {
  const turns = createTurns(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const calls = ends.map(({ promise }, index) =>
    turns(async () => {
      begun.push(index);
      await promise;
      return index;
    }).catch(() => 'failed'),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  ends[1]!.reject(new Error('no'));
  expect(await calls[1]).toBe('failed');
  expect(begun).toEqual([0, 1, 2]);
  for (const { resolve } of ends) resolve();
  expect(await Promise.all(calls)).toEqual([0, 'failed', 2, 3]);
  expect(await turns(async () => 'again')).toBe('again');
});
