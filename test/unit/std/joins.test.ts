/** Work under way that is joined. */
import { expect, test } from 'vitest';
import { createJoins } from '../../../std/joins.ts';

test('who asks while it is under way gets the same, and who asks later begins anew', async () => {
  const { join, isUnderWay } = createJoins<number>();
  const first = Promise.withResolvers<number>();
  const both = [join('a', () => first.promise), join('a', async () => 2)];
  expect([isUnderWay('a'), isUnderWay('b')]).toEqual([true, false]);
  first.resolve(1);
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(isUnderWay('a')).toBe(false);
  expect(await join('a', async () => 3)).toBe(3);
});

test('keys are apart, and work that fails is over', async () => {
  const { join, isUnderWay } = createJoins<number>();
  const failing = join('a', () => Promise.reject(new Error('no answer')));
  expect(await join('b', async () => 2)).toBe(2);
  await expect(failing).rejects.toThrow('no answer');
  expect(isUnderWay('a')).toBe(false);
});
