/** The packed tarball, installed elsewhere: JavaScript alone, and all that the code reads beside itself. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleNode } from '../support/samples.ts';

const run = promisify(execFile);
const clone = fileURLToPath(new URL('../..', import.meta.url));
const timeoutMs = 240_000;

let folder = '';
/** The package needs the Node of this test, which need not be the machine's. */
const env = {
  ...process.env,
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-package-'));
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: clone, env });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...flags, join(folder, tarball)], { cwd: folder, env });
}, timeoutMs);
afterAll(() => rm(folder, { recursive: true, force: true }));

type Result = { readonly code: number; readonly out: string };

async function slipway(...words: string[]): Promise<Result> {
  return run(installed(), words, { cwd: folder, env }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      out: stdout + stderr,
    }),
  );
}

function installed(): string {
  return join(folder, 'node_modules', '.bin', 'slipway');
}

it('holds JavaScript and no TypeScript', () => {
  const ours = join(folder, 'node_modules', 'slipway');
  expect(globSync('**/*.ts', { cwd: ours })).toEqual([]);
  expect(globSync('dist/**/*.js', { cwd: ours })).toContain('dist/workflows/index.js');
});

it('says what it can do', async () => {
  const { code, out } = await slipway('--help');
  expect(code).toBe(0);
  for (const command of ['status', 'repairs', 'why', 'engine', 'up'])
    expect(out).toContain(command);
});

it('says in a sentence that it finds no cluster', async () => {
  const { code, out } = await slipway('why', sampleNode, '--kubeconfig', join(folder, 'none'));
  expect(code).not.toBe(0);
  expect(out).toContain(join(folder, 'none'));
  expect(out).not.toMatch(/^\s+at .*\.js:\d+/m);
});

it(
  'starts servers and engine, workflows included, and explains one of their nodes',
  async () => {
    const dataDir = join(folder, 'data');
    const up = spawn(installed(), ['up', '--data-dir', dataDir, '--nodes', '3'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    const ended = once(up, 'exit');
    try {
      await untilSaid(up.stderr, 'Data ');
      const { code, out } = await slipway('why', sampleNode, '--data-dir', dataDir);
      expect(out).toContain(sampleNode);
      expect(code).toBe(0);
    } finally {
      up.kill('SIGINT');
    }
    expect(await ended).toEqual([0, null]);
  },
  timeoutMs,
);

async function untilSaid(stream: NodeJS.ReadableStream, beginning: string): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    if (line.startsWith(beginning)) {
      stream.resume();
      return;
    }
  }
  throw new Error(`it ended without "${beginning}": ${lines.join('\n')}`);
}
