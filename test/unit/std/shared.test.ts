/** Reads that are shared by those who asked before they began. */
import { expect, test } from 'vitest';
import { shared } from '../../../std/shared.ts';

/** A read that is answered by hand; each one answers its own number. */
function given() {
  const begun: PromiseWithResolvers<number>[] = [];
  const read = shared(() => {
    const reading = Promise.withResolvers<number>();
    begun.push(reading);
    return reading.promise;
  });
  const answer = (index: number): void => begun[index]?.resolve(index);
  return { read, begun, answer };
}

async function turn(): Promise<void> {
  await new Promise(setImmediate);
}

test('those who ask at one moment share one read', async () => {
  const { read, begun, answer } = given();
  const asked = [read(), read(), read()];
  await turn();
  expect(begun).toHaveLength(1);
  answer(0);
  expect(await Promise.all(asked)).toEqual([0, 0, 0]);
});

test('who asks while a read is under way gets the next one, which begins after that', async () => {
  const { read, begun, answer } = given();
  const first = read();
  await turn();
  const later = [read(), read()];
  await turn();
  expect(begun).toHaveLength(1);
  answer(0);
  await turn();
  expect(begun).toHaveLength(2);
  answer(1);
  expect(await Promise.all([first, ...later])).toEqual([0, 1, 1]);
});

test('a read that hangs holds up the next one for a moment only', async () => {
  const { read, begun, answer } = given();
  void read();
  await turn();
  const next = read();
  await expect.poll(() => begun.length).toBe(2);
  answer(1);
  expect(await next).toBe(1);
});

test('a read that fails fails for those who shared it, and not for the next', async () => {
  const { read, begun, answer } = given();
  const failing = read().catch((error: unknown) => String(error));
  await turn();
  const next = read();
  begun[0]?.reject(new Error('no answer'));
  expect(await failing).toBe('Error: no answer');
  await turn();
  answer(1);
  expect(await next).toBe(1);
});
