import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { errorsPage } from '../../../cli/errorsPage.ts';
import { cliPage } from '../../../cli/main/cliPage.ts';
import { metricsPage } from '../../../telemetry/metricsPage.ts';
import { errorCatalogue } from '../../../cli/errors.ts';

const run = promisify(execFile);

function page(name: string): Promise<string> {
  return readFile(at(`docs/${name}`), 'utf8');
}

function at(path: string): string {
  return fileURLToPath(new URL(`../../../${path}`, import.meta.url));
}

test.each([
  ['CLI.md', cliPage()],
  ['ERRORS.md', errorsPage()],
  ['METRICS.md', metricsPage()],
])('%s says what the code says; else run: npm run docs', async (name, text) => {
  expect(await page(name)).toBe(text);
});

test('no two errors share a code', () => {
  const codes = Object.values(errorCatalogue).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test.each([['status'], ['why'], ['repairs', 'cancel'], ['up']])(
  'the page holds what the program itself prints: %s %s',
  async (...words) => {
    const { stdout } = await run(process.execPath, [at('bin/slipway.ts'), ...words, '--help']);
    expect(await page('CLI.md')).toContain(stdout.trimEnd());
  },
);
