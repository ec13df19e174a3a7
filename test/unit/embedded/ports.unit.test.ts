import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { choosePorts, isFree } from '../../../embedded/ports.ts';

test('each name gets its own port, the preferred one where it is free', async () => {
  const first = await choosePorts(['a', 'b', 'c'], {});
  expect(new Set(Object.values(first)).size).toBe(3);
  expect(await choosePorts(['a', 'b', 'c'], first)).toEqual(first);
});

test('a taken port is left to whoever has it', async () => {
  const server = createServer();
  const { a } = await choosePorts(['a'], {});
  await new Promise<void>((resolve) => {
    server.listen(a, '127.0.0.1', resolve);
  });
  expect(await isFree(a)).toBe(false);
  expect((await choosePorts(['a'], { a })).a).not.toBe(a);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  expect(await isFree(a)).toBe(true);
});
