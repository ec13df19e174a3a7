/** Starting, ending and dying: of the stack, of its parent and of single servers. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endStack, startStack, type Stack } from '../../../embedded/index.ts';
import { readState } from '../../../embedded/state/index.ts';
import { waitFor } from '../../../embedded/waitFor.ts';
import type { StackState } from '../../../schemas/local/stackState.ts';
import { isAlive, slipway } from '../../support/process.ts';
import { makeTestDir } from '../../support/stack.ts';

const testMs = 60_000;
const orphansWithinMs = 5_000;

let dataDir = '';

beforeEach(async () => {
  dataDir = await makeTestDir();
});

afterEach(async () => {
  await endStack(dataDir);
  await rm(dataDir, { recursive: true, force: true });
}, testMs);

function untilReady(): Promise<StackState | undefined> {
  return waitFor(
    async () => {
      const now = await state();
      return now?.ready === true ? now : undefined;
    },
    { deadlineMs: 40_000 },
  );
}

async function state(): Promise<StackState | undefined> {
  const answer = await readState(dataDir);
  return answer.kind === 'found' ? answer.state : undefined;
}

function untilNoneAlive(children: StackState['children']): Promise<true | undefined> {
  return waitFor(() => alive(children).length === 0 || undefined, { deadlineMs: orphansWithinMs });
}

function alive(children: StackState['children']): string[] {
  return children.filter(({ pid }) => isAlive(pid)).map(({ name }) => name);
}

async function groupOf(pid: number): Promise<number> {
  return Number((await promisify(execFile)('ps', ['-o', 'pgid=', '-p', `${pid}`])).stdout);
}

function up(...more: string[]) {
  return slipway('up', '--no-engine', '--nodes', '2', '--data-dir', dataDir, ...more);
}

test(
  'kill -9 of the parent leaves no server, not even one that was stopped, and the data is resumed',
  async () => {
    const first = up();
    const before = await untilReady();
    await waitFor(() => first.output().includes('Data ') || undefined, { deadlineMs: 10_000 });
    const children = before?.children ?? [];
    expect(alive(children)).toHaveLength(9);
    const kwok = children.find(({ name }) => name === 'kwok');
    process.kill(kwok?.pid ?? 0, 'SIGSTOP');
    first.process.kill('SIGKILL');
    expect(await untilNoneAlive(children)).toBe(true);
    await using stack = await startStack({ dataDir });
    expect(stack.state.stackId).toBe(before?.stackId);
    expect(await stack.node('ip-10-0-1-18.eu-west-1.compute.internal')).toBeDefined();
  },
  testMs,
);

test(
  'a signal to all processes at once leaves no server either, however slow it is to end',
  async () => {
    const running = up();
    const children = (await untilReady())?.children ?? [];
    await waitFor(() => running.output().includes('Data ') || undefined, { deadlineMs: 10_000 });
    const kwok = children.find(({ name }) => name === 'kwok');
    running.process.kill('SIGSTOP');
    process.kill(kwok?.pid ?? 0, 'SIGSTOP');
    for (const { pid } of children) process.kill(-(await groupOf(pid)), 'SIGTERM');
    running.process.kill('SIGKILL');
    expect(await untilNoneAlive(children)).toBe(true);
  },
  testMs,
);

test(
  'up in the background is ready when it returns, and down ends everything',
  async () => {
    const started = up('--detach');
    expect(await started.exitCode).toBe(0);
    expect(started.output()).toContain('It runs in the background');
    const now = await state();
    expect(now?.ready).toBe(true);
    expect(alive(now?.children ?? [])).toHaveLength(9);
    const second = up();
    expect(await second.exitCode).toBe(1);
    expect(second.output()).toMatch(/^A stack already runs in [^\n]+\.\n$/);
    const stopped = slipway('down', '--data-dir', dataDir);
    expect(await stopped.exitCode).toBe(0);
    expect(alive(now?.children ?? [])).toEqual([]);
    expect(isAlive(now?.pid ?? 0)).toBe(false);
  },
  testMs,
);

test(
  'Ctrl-C stops cleanly',
  async () => {
    const running = up();
    const now = await untilReady();
    await waitFor(() => running.output().includes('Data ') || undefined, { deadlineMs: 10_000 });
    running.process.kill('SIGINT');
    expect(await running.exitCode).toBe(0);
    expect(alive(now?.children ?? [])).toEqual([]);
  },
  testMs,
);

test(
  'a server that dies is named in one sentence and takes the others with it',
  async () => {
    const running = up();
    const now = await untilReady();
    const nats = now?.children.find(({ name }) => name === 'nats');
    process.kill(nats?.pid ?? 0, 'SIGKILL');
    expect(await running.exitCode).toBe(1);
    expect(running.output()).toContain(
      `nats ended by itself with exit code 137: see ${nats?.logFile}.`,
    );
    expect(alive(now?.children ?? [])).toEqual([]);
  },
  testMs,
);

test(
  'a port that is asked for and taken is named in one sentence, and nothing is left',
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const running = up('--ui-port', `${port}`);
    expect(await running.exitCode).toBe(2);
    expect(running.output()).toContain(`Port ${port} of --ui-port is in use`);
    server.close();
    expect((await state())?.children ?? []).toEqual([]);
  },
  testMs,
);

async function kubeSystemUid(stack: Stack): Promise<string | undefined> {
  return /"uid":"([^"]+)"/.exec(
    JSON.stringify((await stack.api().get('/api/v1/namespaces/kube-system')).body),
  )?.[1];
}

test(
  'two stacks side by side are two clusters with machines of their own',
  async () => {
    const otherDir = await makeTestDir();
    await using one = await startStack({ dataDir });
    await using other = await startStack({ dataDir: otherDir, natsUrl: one.state.natsUrl });
    const [mine] = await one.createNodes(1);
    const [theirs] = await other.createNodes(1);
    expect(mine?.name).toBe(theirs?.name);
    expect(mine?.uuid).not.toBe(theirs?.uuid);
    expect(await kubeSystemUid(one)).not.toBe(await kubeSystemUid(other));
    expect(other.state.natsUrl).toBe(one.state.natsUrl);
    expect(other.state.children.map(({ name }) => name)).not.toContain('nats');
    await other.stop();
    await rm(otherDir, { recursive: true, force: true });
  },
  testMs,
);

test(
  'each server can be killed, paused and started again with its data',
  async () => {
    await using stack = await startStack({ dataDir });
    const [node = { name: '' }] = await stack.createNodes(1);
    const uid = (await stack.node(node.name))?.metadata.uid;
    for (const name of ['etcd', 'kube-apiserver', 'nats', 'temporal'] as const) {
      const child = stack.child(name);
      const oldPid = child.pid;
      child.kill('SIGKILL');
      await child.ended();
      expect(child.pid).toBeUndefined();
      await child.restart();
      expect(child.pid).not.toBe(oldPid);
    }
    expect((await stack.node(node.name))?.metadata.uid).toBe(uid);
    const apiserver = stack.child('kube-apiserver');
    await apiserver.pause();
    const answer = stack.api().health('/readyz');
    await expect(answer).rejects.toThrow('no answer');
    apiserver.resume();
    expect(await stack.api().health('/readyz')).toBe('ok');
    const death = await Promise.race([stack.onDeath, Promise.resolve('none')]);
    expect(death).toBe('none');
  },
  testMs,
);
