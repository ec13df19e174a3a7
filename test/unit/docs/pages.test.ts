/** Every page: its links lead somewhere, and the commands it prints are commands. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../cli/main/program.ts';
import type { Io } from '../../../cli/io.ts';
import { readEngineConfig } from '../../../schemas/config/engineConfig.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root }).toSorted();

/** Links to files beside the page; what the web holds is not this test's business. */
function missingLinks(page: string): string[] {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
  return links
    .filter((link) => !/^(https?:|#)/.test(link))
    .filter((link) => !existsSync(join(root, dirname(page), link.split('#')[0]!)));
}

/** Lines of shell blocks that call slipway, as words; a comment ends a line. */
function slipwayCalls(page: string): string[][] {
  const blocks = [...read(page).matchAll(/```sh\n(.*?)```/gs)].map((match) => match[1]!);
  return blocks
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => /^(?:npx )?slipway (.*)$/.exec(line)?.[1] ?? [])
    .map((line) => line.replace(/\s#.*$/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? []);
}

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

const io: Io = {
  out: () => undefined,
  err: () => undefined,
  screen: { width: 80, height: 24, color: false, live: false },
  calledAs: 'slipway',
  env: {},
  now: () => 0,
  interrupted: new AbortController().signal,
};
const program = createProgram(io, () => undefined);

/** What is wrong with the words, if anything. */
function mistake(words: readonly string[]): string | undefined {
  let command: Command = program;
  let rest = [...words];
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0]);
    if (!next) break;
    command = next;
    rest = rest.slice(1);
  }
  if (command.commands.length > 0) return `no command: ${words.join(' ')}`;
  const flags = rest.filter((word) => word.startsWith('-'));
  const unknown = flags.find((flag) => !command.options.some((option) => isFor(option, flag)));
  if (unknown !== undefined) return `${command.name()} knows no ${unknown}`;
  const values = command.options.filter(
    (option) => (option.required || option.optional) && flags.some((flag) => isFor(option, flag)),
  ).length;
  const given = rest.length - flags.length - values;
  const wanted = command.registeredArguments.filter((argument) => argument.required).length;
  return given === wanted ? undefined : `${command.name()} takes ${wanted} words, not ${given}`;
}

function isFor({ short, long }: Option, flag: string): boolean {
  return flag === short || flag === long;
}

describe.each(pages)('%s', (page) => {
  it('has links that lead somewhere', () => {
    expect(missingLinks(page)).toEqual([]);
  });

  it('prints commands that the program knows', () => {
    expect(slipwayCalls(page).flatMap((words) => mistake(words) ?? [])).toEqual([]);
  });
});

describe('the README', () => {
  it('shows a configuration that is read, and that acts nowhere', () => {
    const text = /```yaml\n(.*?)```/s.exec(read('README.md'))?.[1] ?? '';
    const config = readEngineConfig({ file: { path: 'slipway.yaml', text } });
    expect(config).toMatchObject({ ok: true, value: { mode: 'observe' } });
  });
});

describe('what this test looks for', () => {
  it('would be found', () => {
    expect(mistake(['status', '--no-such-flag'])).toBeDefined();
    expect(mistake(['repairs', 'shrug'])).toBeDefined();
    expect(mistake(['why'])).toBeDefined();
    expect(pages.flatMap(slipwayCalls).length).toBeGreaterThan(20);
  });
});
