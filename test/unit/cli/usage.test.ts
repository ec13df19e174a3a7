/** Each option and each argument of each command, given wrongly: told at once with 2, before any server is asked. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { flagsOf } from '../../../cli/main/askedForm.ts';
import { createProgram } from '../../../cli/main/program.ts';
import { cliOutputSchema } from '../../../schemas/wire/cliOutput.ts';
import { cli } from '../../support/cli.ts';
import { parse } from 'yaml';
import { nobody } from '../../support/screens.ts';

const dir = mkdtempSync(join(tmpdir(), 'slipway-usage-'));
const file = join(dir, 'file');
const folder = join(dir, 'folder');
writeFileSync(file, '');
mkdirSync(folder);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const long = 'x'.repeat(300);
const notNumbers = [
  '-1',
  '1.5',
  'NaN',
  'Infinity',
  '',
  ' 3',
  '1e3',
  '0x10',
  '٣',
  '99999999999999999999',
];
const notNames = ['', ' ', 'a/b', '../x', long, 'UPPER', 'a_b', '-a', 'a\u001B[2J', 'a b', 'node-'];
const notFiles = ['', '/nope/none', folder, join(file, 'below')];
const notFolders = ['', file, join(file, 'below')];

/** By option or argument; `*` stands for every command that has it. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  '* --output': ['', 'xml', 'JSON', 'text,json'],
  '* --kubeconfig': notFiles,
  '* --context': ['', ' '],
  '* --nats': ['', 'http://x', 'nats://', 'nats://a:99999', 'nats://a:0', 'a b', 'nats://a,,b'],
  '* --temporal': ['', 'localhost', 'localhost:', ':7233', 'h:99999', 'h:0', 'http://h:1', 'h:x'],
  '* --data-dir': notFolders,
  '* --cluster': ['', 'a/b', 'a b', long, 'x\n'],
  '* --reason': ['', ' \t', 'x'.repeat(1_001)],
  '* <node>': notNames,
  '* --node': notNames,
  '* <id>': ['', 'node-1', 'r-', '../x', `r-${long}`, 'r-ABC', 'r-a b'],
  'inject <check>': ['', 'a b', long + long, '-x', 'a\n'],
  '* --days': [...notNumbers, '0', '99999999999', '36501'],
  '* --limit': [...notNumbers, '0', '1000001'],
  'repairs replay --policy': notFiles,
  'doctor --bmc-inventory': notFiles,
  'policy check <files>': ['', '/nope/none', join(file, 'below')],
  'dead requeue <number>': [...notNumbers, '0', 'ALL', 'some'],
  'up --nodes': [...notNumbers, '10001'],
  'up --policies': ['', '/nope'],
  'up --bin-dir': [...notFolders, '/nope'],
  'up --ui-port': [...notNumbers, '0', '65536', '99999'],
  'completion <shell>': ['', 'tcsh', 'BASH'],
  'engine --config': notFiles,
  'engine --mode': ['', 'dry', 'ACT'],
  'engine --log-level': ['', 'loud'],
};

type Place = { readonly key: string; readonly command: string; readonly parameter: string };

/** Every place where a value is given. */
function places(): Place[] {
  const commands = leaves(createProgram(nobody, () => undefined));
  return commands.flatMap(([command, { options, registeredArguments }]) => {
    const valued = options.filter(({ required, optional }) => required || optional);
    const names = [
      ...valued.map(({ long: name }) => name ?? ''),
      ...registeredArguments.map((argument) => `<${argument.name()}>`),
    ];
    return names.map((parameter) => {
      const own = `${command} ${parameter}`;
      return { command, parameter, key: own in wrong ? own : `* ${parameter}` };
    });
  });
}

const known: Readonly<Record<string, string>> = {
  '<node>': 'node-1',
  '<id>': 'r-abcdefghij234567abcd',
  '<check>': 'KernelDeadlock',
  '<number>': '1',
};

/** The whole command line, right but for this one place. */
function wordsFor({ command, parameter }: Place, value: string): string[] {
  const [, found] = leaves(createProgram(nobody, () => undefined)).find(
    ([path]) => path === command,
  )!;
  const args = found.registeredArguments.map((argument) => {
    const name = `<${argument.name()}>`;
    return name === parameter ? value : known[name]!;
  });
  const reasoned = found.options.some(({ long: name }) => name === '--reason');
  const reason = reasoned && parameter !== '--reason' ? ['--reason=x'] : [];
  const option = parameter.startsWith('--') ? [`${parameter}=${value}`] : [];
  return [...command.split(' '), ...reason, ...option, '--', ...args];
}

function leaves(command: Command, path: readonly string[] = []): [string, Command][] {
  if (command.commands.length === 0) return [[path.join(' '), command]];
  return command.commands.flatMap((sub) => leaves(sub, [...path, sub.name()]));
}

describe.each(places())('$command $parameter', (place) => {
  test('has wrong values', () => {
    expect(wrong).toHaveProperty([place.key]);
  });

  test.each(wrong[place.key] ?? [])('%j is a usage error', async (value) => {
    const { code, out, err } = await cli(wordsFor(place, value));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/SLP-00[12]/);
    expect(err.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

test.each([['0'], ['1'], ['65536']])(
  'an option cut off from its value is one too: %s',
  async (value) => {
    expect(await cli(['up', '--ui-port', `-${value}`])).toMatchObject({ code: 2, out: '' });
  },
);

describe('where a document was asked for', () => {
  test.each([
    [['statu']],
    [['why']],
    [['why', 'UPPER']],
    [['repairs']],
    [['status', '--nope']],
    [['faults', 'list', '--days', 'x']],
    [['hold', 'node-1']],
    [['status', '--nats', 'x y']],
  ])('%j fails with a document alone', async (words) => {
    const json = await cli([...words, '-o', 'json']);
    expect(json).toMatchObject({ code: 2, out: '' });
    const error = cliOutputSchema.parse(JSON.parse(json.err));
    expect(error).toMatchObject({ kind: 'Error', exit: 2 });
    const yaml = await cli([...words, '--output=yaml']);
    expect(yaml).toMatchObject({ code: 2, out: '' });
    expect(cliOutputSchema.parse(parse(yaml.err))).toMatchObject({ kind: 'Error', exit: 2 });
  });

  test.each([
    [['status', '-o', 'json'], 'json'],
    [['status', '-ojson'], 'json'],
    [['status', '--output', 'yaml'], 'yaml'],
    [['status', '--output=json', 'x'], 'json'],
    [['status', '-o', 'json', '-o', 'yaml'], 'yaml'],
    [['status', '-o'], undefined],
    [['status', '--', '-o', 'json'], undefined],
    [['status', '-o', 'text'], undefined],
  ])('%j asks for %s', (words, output) => {
    expect(flagsOf(words)).toEqual(output === undefined ? {} : { output });
  });
});
