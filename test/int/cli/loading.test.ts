/** What a command loads is what a person waits for: each loads what it needs, and no more. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../../../bin/slipway.ts', import.meta.url));
const spy = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context); } });
`)}`;

let empty = '';
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'slipway-loading-'));
});
afterAll(() => rm(empty, { recursive: true, force: true }));

/** Everything that was loaded while the command ran, by URL. */
function loadedBy(...words: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: empty };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', spy, entry, ...words],
      { env, cwd: empty, maxBuffer: 32 * 1024 * 1024 },
      (_error, _out, err) => resolve(err),
    );
  });
}

test('help loads no client of any server', async () => {
  const loaded = await loadedBy('--help');
  expect(loaded).toContain('/commander/');
  expect(loaded).not.toMatch(/@temporalio|@nats-io|client-node|\/zod\/|\/embedded\/|\/engine\//);
});

test('why loads neither the worker nor the local servers', async () => {
  const loaded = await loadedBy('why', 'a-node');
  expect(loaded).toMatch(/client-node/);
  expect(loaded).toContain('/embedded/state/');
  expect(loaded).not.toMatch(/@temporalio\/(worker|core)|\/embedded\/(?!state)|\/engine\/|swc/);
});
