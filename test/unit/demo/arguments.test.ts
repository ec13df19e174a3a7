import { expect, it } from 'vitest';
import { parseArguments } from '../../../demo/arguments.ts';

it('reads what the demo is asked for', () => {
  expect(parseArguments([])).toEqual({
    options: { exit: false, output: 'text', withoutBmc: false },
  });
  expect(parseArguments(['--exit', '-o', 'json', '--without-bmc'])).toEqual({
    options: { exit: true, output: 'json', withoutBmc: true },
  });
});

it.each([
  [['--exti'], '--exti'],
  [['-o', 'yaml'], 'yaml'],
  [['now'], 'now'],
])('says what it does not understand in %j', (words, name) => {
  const asked = parseArguments(words);
  expect(asked).toMatchObject({ exitCode: 2 });
  expect(asked).toHaveProperty('say', expect.stringContaining(name));
});
