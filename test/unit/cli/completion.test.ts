import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { candidatesFor } from '../../../cli/completion/candidates.ts';
import { completionScript, shells } from '../../../cli/completion/scripts.ts';
import { createProgram } from '../../../cli/main/program.ts';
import { cli } from '../../support/cli.ts';
import { nobody } from '../../support/screens.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'slipway-completion-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const program = createProgram(nobody, () => undefined);
function wordsAt(...words: string[]): string[] {
  return candidatesFor(program, words).words.map(({ word }) => word);
}

function leaves(command: Command, path: readonly string[] = []): [readonly string[], Command][] {
  if (command.commands.length === 0) return [[path, command]];
  return command.commands.flatMap((below) => leaves(below, [...path, below.name()]));
}

test.each(leaves(program))(
  '%j can be typed word by word, each option included',
  (path, command) => {
    path.forEach((word, index) => {
      expect(wordsAt(...path.slice(0, index), word.slice(0, 1))).toContain(word);
    });
    const options = command.options.map(({ long }) => long!);
    expect(wordsAt(...path, '--')).toEqual([...options, '--help']);
    for (const { long, argChoices } of command.options) {
      if (!argChoices) continue;
      expect(wordsAt(...path, long!, '')).toEqual(argChoices);
      expect(wordsAt(...path, `${long}=`)).toEqual(argChoices.map((word) => `${long}=${word}`));
    }
  },
);

test.each([
  [['sta'], ['status']],
  [['repairs', 's'], ['show']],
  [['repairs', 'list', '-o', 'y'], ['yaml']],
  [['repairs', 'list', '--output', '=', 'j'], ['--output=json']],
  [['--', 'sta'], ['status']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['status', 'x', ''], []],
  [['nonsense', '--days', ''], []],
])('%j is completed', (words, expected) => {
  expect(wordsAt(...words)).toEqual(expected);
});

test.each([
  [['status', '--kubeconfig', ''], 'files'],
  [['up', '--policies', ''], 'files'],
  [['status', '--data-dir', ''], 'folders'],
  [['why', ''], 'nodes'],
  [['faults', 'list', '--node', ''], 'nodes'],
  [['hold', '--reason', 'x', ''], 'nodes'],
  [['repairs', 'show', ''], 'repairs'],
  [['repairs', 'show', 'r-x', ''], undefined],
  [['status', '--cluster', ''], undefined],
  [['faults', 'list', '--days', ''], undefined],
])('%j is left to %s', (words, source) => {
  expect(candidatesFor(program, words).source).toBe(source);
});

test('without servers a name completes to nothing, and says nothing', async () => {
  const asked = await cli(['__complete', 'why', '--kubeconfig', '/no/such/file', '']);
  expect(asked).toEqual({ code: 0, out: '', err: '' });
});

test.each(shells)('the function for %s is one that this shell reads', async (shell) => {
  const script = completionScript(shell);
  expect(script).toContain('__complete');
  const file = join(dir, shell);
  await writeFile(file, script);
  const checking = run(shell, [shell === 'fish' ? '--no-execute' : '-n', file]);
  await checking.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write(`NOT TESTED: there is no ${shell} here to read its function.\n`);
  });
});
