/** A command on a real terminal: what it asks, what it keeps true, and how it ends. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../../embedded/waitFor.ts';
import { cliOutputSchema } from '../../../schemas/wire/cliOutput.ts';
import { quote } from '../../../cli/text/quote.ts';
import { spawned } from '../../support/cli.ts';
import { policyFile, useLoop, viewNode } from '../../support/loop.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 3,
  policies: policyFile([{ name: 'kernel', checks: ['KernelDeadlock'] }]),
});

const entry = fileURLToPath(new URL('../../../bin/slipway.ts', import.meta.url));
/** Our colours, and the ends of lines as a terminal has them. */
const ours = new RegExp(String.raw`${String.fromCodePoint(27)}\[\d{1,2}m|\r\n`, 'g');
function here(): string[] {
  return ['--data-dir', loop().stack.dataDir];
}

type Session = {
  readonly seen: () => string;
  readonly type: (text: string) => void;
  readonly until: (text: string) => Promise<void>;
  readonly end: Promise<number>;
};

/** `script` gives it a terminal of the size that is asked for, and hands its exit code on. */
function onTerminal(words: readonly string[], size = 'cols 80 rows 24'): Session {
  const command = [process.execPath, entry, ...words].map(quote).join(' ');
  const shell = `stty ${size}; exec ${command}`;
  return session('script', ['-qec', shell, '/dev/null']);
}

function session(
  file: string,
  words: readonly string[],
): Session & { readonly kill: (signal: NodeJS.Signals) => void } {
  const { NO_COLOR: _, ...env } = process.env;
  const child = spawn(file, words, { env: { ...env, TERM: 'xterm' } });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => void (text += more));
  const end = new Promise<number>((resolve) => {
    child.once('close', (code, signal) => resolve(signal === null ? (code ?? -1) : -1));
  });
  return {
    seen: () => text,
    type: (typed) => void child.stdin.write(typed),
    until: async (wanted) => {
      const found = await waitFor(() => text.includes(wanted) || undefined, { deadlineMs: 25_000 });
      if (!found) throw new Error(`"${wanted}" did not come, but: ${text}`);
    },
    end,
    kill: (signal) => void child.kill(signal),
  };
}

describe('a question', () => {
  let node = '';
  beforeAll(() => {
    node = loop().takeNode();
  });

  test.each([
    ['\u0003', 130, 'SLP-005'],
    ['\u0004', 1, 'SLP-004'],
    ['n\r', 1, 'SLP-004'],
    ['\r', 1, 'SLP-004'],
  ])('answered with %j does nothing and ends with %i', async (typed, code, shown) => {
    const asked = onTerminal(['hold', node, '--reason', 'x', ...here()]);
    await asked.until('[y/N]');
    asked.type(typed);
    expect(await asked.end).toBe(code);
    expect(asked.seen()).toContain(shown);
    expect(asked.seen()).not.toMatch(/\n\s+at /);
    expect((await viewNode(loop(), node)).marks).toEqual({});
  });
});

describe('--watch', () => {
  test.each([
    ['status', 'SIGINT'],
    ['repairs list', 'SIGTERM'],
    ['faults list', 'SIGINT'],
    ['dead list', 'SIGTERM'],
  ] as const)('%s into a pipe ends with 0 on %s', async (command, signal) => {
    const words = [entry, ...command.split(' '), '--watch', ...here()];
    const watching = session(process.execPath, words);
    await watching.until('Data ');
    watching.kill(signal);
    expect(await watching.end).toBe(0);
    expect(watching.seen()).not.toContain('\u001B');
  });

  test('on a terminal draws over what it drew, and Ctrl-C ends it', async () => {
    const watching = onTerminal(['status', '--watch', ...here()]);
    await watching.until('\u001B[0J');
    watching.type('\u0003');
    expect(await watching.end).toBe(0);
  });

  test('of repairs tells each change as a line, and as a document on one line', async () => {
    const list = ['repairs', 'list', '--watch', ...here()];
    const lines = session(process.execPath, [entry, ...list]);
    const documents = session(process.execPath, [entry, ...list, '-o', 'json']);
    await Promise.all([lines.until('No repair is open'), documents.until('RepairList')]);
    const node = loop().takeNode();
    await loop().fail(node);
    const { repairId } = await loop().ended(node);
    await lines.until('repaired');
    await documents.until('"outcome"');
    for (const one of [lines, documents]) one.kill('SIGINT');
    expect(await Promise.all([lines.end, documents.end])).toEqual([0, 0]);
    expect(lines.seen()).toMatch(
      new RegExp(`${repairId}  repaired  ${node}  KernelDeadlock  healed`),
    );
    const views = documents
      .seen()
      .trimEnd()
      .split('\n')
      .map((line) => cliOutputSchema.parse(JSON.parse(line)));
    expect(views.map(({ kind }) => kind)).toEqual(views.map(() => 'RepairList'));
  });
});

test('what anybody wrote into the status of a node is shown escaped, and forges no line', async () => {
  const node = loop().takeNode();
  const forged = '\u001B[2J\u001B]0;title\u0007\r\nforged\u202E\u0000\u009B31m\u2028';
  const report = {
    type: 'KernelDeadlock',
    status: 'True',
    reason: 'Bad',
    message: forged,
  } as const;
  await loop().stack.setCondition(node, report);
  const { repairId } = await loop().ended(node);
  const screens = [
    ['why', node],
    ['faults', 'list', '-o', 'wide'],
    ['faults', 'list', '-o', 'json'],
    ['repairs', 'show', repairId, '-o', 'yaml'],
    ['repairs', 'show', repairId],
  ];
  for (const words of screens) {
    const shown = onTerminal([...words, ...here()]);
    expect(await shown.end).toBe(0);
    const others = shown.seen().replaceAll(ours, '');
    expect(others).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    expect(others).toMatch(words[0] === 'why' ? node : /u001b\[2J/);
    expect(shown.seen()).not.toMatch(/^forged/m);
  }
});

test('a terminal of no size, or of an odd one, is drawn on all the same', async () => {
  const sizes = ['cols 0 rows 0', 'cols 1 rows 1', 'cols 500 rows 2'];
  const ended = await Promise.all(
    sizes.map(async (size) => {
      const shown = onTerminal(['status', ...here()], size);
      return [await shown.end, shown.seen().includes('Mode')];
    }),
  );
  expect(ended).toEqual(sizes.map(() => [0, true]));
});

describe('what hangs is not waited for', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'slipway-hanging-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const kubeconfig = async (server: string, user: object): Promise<string> => {
    const path = join(dir, 'kubeconfig');
    const config = {
      'current-context': 'a',
      contexts: [{ name: 'a', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'u', user }],
    };
    await writeFile(path, JSON.stringify(config));
    return path;
  };
  const pause = ['pause', '--reason', 'x', '--yes'];

  test('a credential plugin', async () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['600'] };
    const path = await kubeconfig('https://127.0.0.1:1', { exec });
    const ended = await spawned([...pause, '--kubeconfig', path]);
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain('the plugin sleep did not answer within 10 s and was ended');
  });

  test('an API server that accepts and never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const path = await kubeconfig(`https://127.0.0.1:${port}`, { token: 't' });
    const ended = await spawned([...pause, '--kubeconfig', path, '-o', 'json']);
    silent.close();
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(cliOutputSchema.parse(JSON.parse(ended.err))).toMatchObject({ code: 'SLP-101' });
  });
});
