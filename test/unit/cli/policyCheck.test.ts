/** `slipway policy check`: right or not, before any engine and without any server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli, outputOf } from '../../support/cli.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-policies-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(checks: string): Promise<string> {
  const path = join(folder, 'policy.yaml');
  const head = 'apiVersion: slipway.dev/v1\nkind: RepairPolicy\nmetadata: { name: kernel }';
  await writeFile(path, `${head}\nspec: { checks: ${checks}, ladder: [] }\n`);
  return path;
}

test('a right policy is called right, with what it names', async () => {
  const ended = await cli(['policy', 'check', await fileOf('[KernelDeadlock]')]);
  expect(ended.code).toBe(0);
  expect(ended.out).toContain('One policy is right: kernel (KernelDeadlock).');
  expect(ended.out).not.toContain('Warning');
});

test('a folder stands for its files', async () => {
  await fileOf('[KernelDeadlock]');
  expect((await cli(['policy', 'check', folder])).code).toBe(0);
});

test('a slip of the pen is a warning that says what was meant', async () => {
  const path = await fileOf('[KernelDeadlok]');
  const text = await cli(['policy', 'check', path]);
  expect(text.code).toBe(0);
  expect(text.out).toMatch(/Warning: .*KernelDeadlok.*did you mean KernelDeadlock\?/s);
  const view = outputOf(await cli(['policy', 'check', path, '-o', 'json']), 'PolicyCheck');
  expect(view).toMatchObject({ policies: [{ name: 'kernel' }], compared: false });
  expect(view.warnings).toHaveLength(1);
});

test('a mistake ends with exit code 2, and says where it is', async () => {
  const path = await fileOf('[{ name: Ready, faultyWhen: "True" }]');
  const text = await cli(['policy', 'check', path]);
  expect(text).toMatchObject({ code: 2, out: '' });
  expect(text.err).toMatch(/policy\.yaml:4: spec\.checks\[0\]\.faultyWhen: Ready is known/);
  const json = await cli(['policy', 'check', path, '-o', 'json']);
  expect(json).toMatchObject({ code: 2, out: '' });
  expect(JSON.parse(json.err)).toMatchObject({ kind: 'Error', exit: 2 });
});
