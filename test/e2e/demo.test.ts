/** The demo as a program. What its stories prove in detail is left to the tests of the engine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const entry = fileURLToPath(new URL('../../bin/demo.ts', import.meta.url));
const timeoutMs = 150_000;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function runDemo(...flags: string[]) {
  const demo = startDemo(...flags);
  const ended = once(demo, 'exit');
  const [out, said] = await Promise.all([text(demo.stdout!), text(demo.stderr!)]);
  const [code] = (await ended) as [number | null];
  if (out === '') throw new Error(`the demo printed no result: ${said}`);
  return { code, lastLine: out.trimEnd().split('\n').at(-1)! };
}

/** Its temporary files go into this test's folder, so that what it leaves behind can be seen. */
function startDemo(...flags: string[]): ChildProcess {
  return spawn(process.execPath, [entry, ...flags], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function outcomesOf(lastLine: string): [string, string][] {
  const { scenarios } = JSON.parse(lastLine) as {
    scenarios: { name: string; outcome: string; seconds: number }[];
  };
  return scenarios.map(({ name, outcome }) => [name, outcome]);
}

it(
  'ends all five stories as it should, and leaves nothing behind',
  async () => {
    const { code, lastLine } = await runDemo('--exit', '-o', 'json');
    expect(outcomesOf(lastLine)).toEqual([
      ['healed-by-reboot', 'repaired'],
      ['healed-by-power-cycle', 'repaired'],
      ['beyond-repair', 'escalated'],
      ['fault-clears-by-itself', 'recovered'],
      ['cancelled-while-migrating', 'cancelled'],
    ]);
    const { notice } = JSON.parse(lastLine) as { notice: Record<string, unknown> };
    expect(notice).toMatchObject({ name: 'told-once-its-webhook-was-up', delivered: true });
    expect(notice['refused']).toBeGreaterThan(0);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  },
  timeoutMs,
);

it(
  'fails when no machine can be reset',
  async () => {
    const { code, lastLine } = await runDemo('--exit', '--without-bmc', '-o', 'json');
    // Handed over before anything was written to a node, so that no log shows an end.
    expect(new Set(outcomesOf(lastLine).map(([, outcome]) => outcome))).toEqual(new Set(['open']));
    const { notice } = JSON.parse(lastLine) as { notice: Record<string, unknown> };
    expect(notice).toMatchObject({ delivered: true });
    expect(code).toBe(1);
  },
  timeoutMs,
);

it(
  'fails with a sentence when one of its servers dies',
  async () => {
    const demo = startDemo('--exit', '-o', 'json');
    const ended = once(demo, 'exit');
    const out = text(demo.stdout!);
    const said = text(demo.stderr!);
    await expect.poll(bmcPid, { timeout: 60_000 }).toBeGreaterThan(0);
    process.kill(bmcPid(), 'SIGKILL');
    expect(await ended).toEqual([1, null]);
    expect(await said).toMatch(/^bmc ended by itself/m);
    expect(new Set(outcomesOf(await out).map(([, outcome]) => outcome))).toEqual(new Set(['open']));
  },
  timeoutMs,
);

it(
  'stops everything when it is interrupted while the servers start',
  async () => {
    const demo = startDemo('--exit');
    const ended = once(demo, 'exit');
    await expect.poll(() => startedServers(), { timeout: 30_000 }).toBeGreaterThan(0);
    demo.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(readdirSync(folder)).toEqual([]);
  },
  timeoutMs,
);

/** How many servers have begun to log. */
function startedServers(): number {
  const [dataDir] = readdirSync(folder);
  const logs = join(folder, dataDir ?? '', 'logs');
  return dataDir !== undefined && existsSync(logs) ? readdirSync(logs).length : 0;
}

/** The process of the BMC simulator once all servers are ready, else 0. */
function bmcPid(): number {
  const [dataDir] = readdirSync(folder);
  const file = join(folder, dataDir ?? '', 'state.json');
  if (dataDir === undefined || !existsSync(file)) return 0;
  const { ready, children } = JSON.parse(readFileSync(file, 'utf8')) as {
    ready: boolean;
    children: { name: string; pid: number }[];
  };
  return (ready && children.find(({ name }) => name === 'bmc')?.pid) || 0;
}
