/** `slipway up` called wrongly: nothing is started, and nothing is left. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawned } from '../../support/cli.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'slipway-up-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function refused(...words: string[]): Promise<string> {
  const dataDir = join(dir, 'data');
  const { code, out, err } = await spawned(['up', '--data-dir', dataDir, ...words]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(existsSync(dataDir)).toBe(false);
  expect(err).not.toContain('    at ');
  return err;
}

test('with a policy that is none, foreground and background', async () => {
  const policy = join(dir, 'policy.yaml');
  await writeFile(policy, 'kind: Pod\n');
  const told = await refused('--policies', policy);
  expect(told).toContain('SLP-601');
  expect(told).toContain(`${policy}:1`);
  expect(await refused('--policies', policy, '--detach')).toBe(told);
});

test('with a folder that holds no policy', async () => {
  const empty = join(dir, 'empty');
  await mkdir(empty);
  expect(await refused('--policies', empty)).toContain('holds no *.yaml file');
});

test('with a port that is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await refused('--ui-port', String(port))).toContain(`Port ${port}`);
  server.close();
});

test('with a folder that nobody can write to', async () => {
  const { code, err } = await spawned(['up', '--data-dir', '/proc/slipway']);
  expect(code).toBe(2);
  expect(err).toContain('/proc/slipway cannot be written to');
});
