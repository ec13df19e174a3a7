/** A process that works for another one answers once, and ends with its work or with the other one. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askChild, besideModule } from '../../../std/inChild.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-child-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const library = new URL('../../../std/inChild.ts', import.meta.url).href;

/** A module whose part is this; whatever it does, a timer would keep it alive for ever. */
function child(work: string): URL {
  const file = join(folder, 'child.mjs');
  const text = `import { answerParent } from '${library}';\nsetInterval(() => {}, 1000);\n${work}`;
  writeFileSync(file, text);
  return pathToFileURL(file);
}

test('the answer comes back as it was, and the process that gave it is gone', async () => {
  const module = child(
    'answerParent((one, other) => ({ pid: process.pid, both: new Set([one, other]) }));',
  );
  const { pid, both } = await askChild<{ pid: number; both: Set<string> }>(module, ['a', 'b']);
  expect(both).toEqual(new Set(['a', 'b']));
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('work that fails and a process that ends are told as errors', async () => {
  const failing = child("answerParent(() => { throw new Error('it is broken'); });");
  await expect(askChild(failing)).rejects.toThrow('it is broken');
  const ending = child("answerParent(() => process.kill(process.pid, 'SIGKILL'));");
  await expect(askChild(ending)).rejects.toThrow(/child\.mjs ended early \(SIGKILL\)/);
  const complaining = child("answerParent(() => { console.error('no room'); process.exit(3); });");
  await expect(askChild(complaining)).rejects.toThrow('child.mjs ended early (3): no room');
  const missing = pathToFileURL(join(folder, 'none.mjs'));
  await expect(askChild(missing)).rejects.toThrow(/none\.mjs ended early \(1\)/);
});

test('it ends when its parent is gone, in the midst of its work', async () => {
  const module = child('answerParent(() => new Promise(() => {}));');
  const working = fork(module, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  working.send([]);
  working.disconnect();
  expect(await once(working, 'exit')).toEqual([0, null]);
});

test('a module is found beside the one that asks, with its ending', () => {
  expect(besideModule('there', 'file:///a/here.ts').href).toBe('file:///a/there.ts');
  expect(besideModule('../b/there', 'file:///a/here.js').href).toBe('file:///b/there.js');
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
