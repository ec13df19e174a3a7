import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { reasonCodes } from '../../../domain/vocabulary/reasons.ts';
import { calledAs, screenOf } from '../../../cli/main/terminal.ts';
import { ahead, counted, duration } from '../../../cli/text/amounts.ts';
import { quote } from '../../../cli/text/quote.ts';
import { painter } from '../../../cli/text/paint.ts';
import { table, wrap, type Column } from '../../../cli/text/table.ts';
import { shorten } from '../../../cli/text/width.ts';
import { explain } from '../../../cli/words/reasons.ts';

const run = promisify(execFile);
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

test.each([
  [-5, '0s'],
  [999, '0s'],
  [59 * second, '59s'],
  [minute, '1m00s'],
  [hour - 1, '59m59s'],
  [hour + 5 * minute, '1h05m'],
  [49 * hour, '2d1h'],
])('%i ms reads %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('what is due or past is not ahead', () => {
  expect([ahead(10, 10), ahead(9, 10), ahead(5_010, 10)]).toEqual([undefined, undefined, 'in 5s']);
});

test('one pod is not pods', () => {
  expect([counted(1, 'pod'), counted(0, 'pod')]).toEqual(['1 pod', '0 pods']);
});

test('a shell reads back every quoted word as it was', async () => {
  const words = ['plain', 'two words', "it's", '$HOME `id` "x"', '', '-n', 'a\\b;c&d|e', 'é\n*'];
  const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${words.map(quote).join(' ')}`]);
  expect(stdout.split('\0').slice(0, -1)).toEqual(words);
});

describe('columns', () => {
  const columns: Column[] = [
    { title: 'A' },
    { title: 'B', atLeast: 3 },
    { title: 'C', atLeast: 3 },
  ];
  const rows = [['a-long-name', 'bbbbbb', 'cccccc']] as const;

  test('those that may be shortened are, from the right, as far as room is short', () => {
    expect(table(columns, rows, 80)[1]).toBe('a-long-name  bbbbbb  cccccc');
    expect(table(columns, rows, 26)[1]).toBe('a-long-name  bbbbbb  cccc…');
    expect(table(columns, rows, 23)[1]).toBe('a-long-name  bbbb…  cc…');
  });

  test('none is left out without a sign, and names stay whole', () => {
    expect(table(columns, rows, 18)).toEqual(['A            B   …', 'a-long-name  bb… …']);
    expect(table(columns, rows, 5)).toEqual(['A           …', 'a-long-name …']);
    expect(table(columns, rows, 0)).toEqual(['A           …', 'a-long-name …']);
  });

  test('line up by the cells that characters take', () => {
    const wide = [
      ['漢字', 'x', ''],
      ['e\u0301', 'y', ''],
      ['🚢', 'z', ''],
    ];
    expect(table(columns, wide, 80)).toEqual(['A     B  C', '漢字  x', 'e\u0301     y', '🚢    z']);
  });

  test('a cell cannot begin a new line', () => {
    expect(table(columns, [['a\nb\u001B[2J', '', '']], 80)[1]).toBe(String.raw`a\nb\u001b[2J`);
  });
});

test.each([
  ['abcdef', 4, 'abc…'],
  ['漢字漢字', 5, '漢字…'],
  ['漢字漢字', 4, '漢…'],
  ['abc', 3, 'abc'],
  ['abc', 0, '…'],
])('%s in %i cells is %s', (text, width, shown) => {
  expect(shorten(text, width)).toBe(shown);
});

describe('the size of the screen', () => {
  test.each([
    [{ isTTY: true, columns: 100, rows: 30 }, {}, 100, 30],
    [{ isTTY: true, columns: 0, rows: 0 }, {}, 80, 24],
    [{ isTTY: true, columns: 0, rows: 0 }, { COLUMNS: '132' }, 132, 24],
    [{ isTTY: true }, { COLUMNS: '-4' }, 80, 24],
    [{ isTTY: true }, { COLUMNS: '0' }, 80, 24],
    [{ isTTY: true }, { COLUMNS: 'wide' }, 80, 24],
    [{ isTTY: true }, { COLUMNS: '9'.repeat(400) }, 80, 24],
    [{}, { COLUMNS: '40' }, Infinity, 24],
  ])('%j with %j', (stream, env, width, height) => {
    expect(screenOf(stream, env)).toMatchObject({ width, height });
  });
});

test('a word longer than the line stays whole', () => {
  expect(wrap('a verylongword b', 6)).toEqual(['a', 'verylongword', 'b']);
});

test('colour is there only if asked for', () => {
  expect(painter(false)('red', 'x')).toBe('x');
  expect(painter(true)('red', 'x')).toBe('\u001B[31mx\u001B[39m');
});

test.each([...reasonCodes])('the reason %s has a sentence', (reason) => {
  expect(explain(reason)).toMatch(/^[A-Z].*\.$/);
  expect(explain(reason)).not.toContain('does not know');
});

test.each([
  [['/usr/bin/node', '/usr/local/bin/slipway'], { PATH: '/bin:/usr/local/bin' }, 'slipway'],
  [['/usr/bin/node', '/opt/x/slipway'], { PATH: '/bin' }, '/opt/x/slipway'],
  [['/usr/bin/node', '/src/bin/slipway.ts'], {}, '/usr/bin/node /src/bin/slipway.ts'],
  [['/usr/bin/node', '/src/bin/slipway.ts'], { npm_command: 'exec' }, 'npx slipway'],
  [['/usr/bin/node', '/usr/bin/kubectl-slipway'], { npm_command: 'exec' }, 'kubectl slipway'],
])('%j with %j is called again as %s', (argv, env, text) => {
  expect(calledAs(argv, env)).toBe(text);
});
