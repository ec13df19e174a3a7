/** Two clusters on one NATS and one Temporal namespace, with equal node names, whose engines are killed in turn. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mutationsBy, resets } from '../../embedded/oracle/index.ts';
import { Loop, policyFile } from '../support/loop.ts';
import type { LoopOptions } from '../support/loop.ts';
import { slipway } from '../support/process.ts';
import { startNatsServer } from '../support/natsServer.ts';
import type { NatsServer } from '../support/natsServer.ts';
import { makeTestDir } from '../support/stack.ts';
import { workflowIdOf } from '../../workflows/contract/index.ts';

vi.setConfig({ testTimeout: 180_000 });

let nats: NatsServer;
let one: Loop;
let other: Loop;
const folders: string[] = [];

async function start(more: Partial<LoopOptions> = {}): Promise<Loop> {
  const folder = await makeTestDir();
  folders.push(folder);
  return Loop.start(folder, {
    mode: 'act',
    nodes: 6,
    natsUrl: nats.url,
    policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
    bootMs: [2_000, 3_000],
    // Each killed engine leaves a lease that has to lapse.
    config: { leaseSeconds: 3 },
    ...more,
  });
}

beforeAll(async () => {
  nats = await startNatsServer();
  one = await start();
  other = await start({ temporalOf: one.stack });
});

afterAll(async () => {
  await other?.stop();
  await one?.stop();
  await nats?.remove();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

test('each repair ends right in its own cluster, whichever engine is killed meanwhile', async () => {
  for (const [killed, alive] of [
    [one, other],
    [other, one],
    [one, other],
  ] as const) {
    const node = killed.takeNode();
    expect(alive.takeNode()).toBe(node);
    await Promise.all([killed.fail(node), alive.fail(node)]);
    await Promise.all([killed, alive].map((loop) => loop.state(node, ({ isolated }) => isolated)));
    await kill(killed);
    expect(await alive.ended(node)).toMatchObject({ outcome: 'repaired' });
    // Nobody else may have gone on with it: its engine is dead.
    expect(killed.ends(node)).toEqual([]);
    await killed.stack.startEngine('act');
    expect(await killed.ended(node)).toMatchObject({ outcome: 'repaired' });
    for (const loop of [killed, alive]) {
      expect(resets(await loop.calls(), node)).toHaveLength(1);
      expect(await cordonWrites(loop, node)).toEqual([true, false]);
      const workers = await workersOf(loop, node);
      expect(workers.size).toBeGreaterThan(0);
      for (const worker of workers) expect(worker).toContain(`slipway/${loop.cluster}/`);
    }
  }
});

test('an engine that reads in one cluster and would write in the other does not start', async () => {
  const { engineConfig, kubernetes } = one.stack.state;
  const written = JSON.parse(await readFile(engineConfig, 'utf8')) as object;
  const mixed = {
    observerKubeconfig: kubernetes.kubeconfigs.observer,
    actorKubeconfig: other.stack.state.kubernetes.kubeconfigs.actor,
  };
  const file = `${engineConfig}.mixed`;
  await writeFile(file, JSON.stringify({ ...written, kubernetes: mixed }));
  const engine = slipway('engine', '--config', file);
  expect(await engine.exitCode).toBe(1);
  for (const { cluster } of [one, other]) expect(engine.output()).toContain(cluster);
});

async function kill({ stack }: Loop): Promise<void> {
  const engine = stack.child('engine');
  engine.kill('SIGKILL');
  await engine.ended();
}

/** What our identities set `unschedulable` to, in order. */
async function cordonWrites(loop: Loop, node: string): Promise<readonly boolean[]> {
  const writes = mutationsBy(await loop.writes(), 'slipway').filter(
    ({ resource, name }) => resource === 'nodes' && name === node,
  );
  const states = writes.map(
    ({ response }) =>
      (response as { spec?: { unschedulable?: boolean } }).spec?.unschedulable === true,
  );
  return states.filter((state, index) => state !== states[index - 1]);
}

/** Every process that took a task of this node's last repair. */
async function workersOf({ temporal, cluster }: Loop, node: string): Promise<ReadonlySet<string>> {
  const handle = temporal.client.workflow.getHandle(workflowIdOf(cluster, node));
  const { events } = await handle.fetchHistory();
  const names = (events ?? []).flatMap(
    ({ workflowTaskStartedEventAttributes, activityTaskStartedEventAttributes }) => [
      workflowTaskStartedEventAttributes?.identity,
      activityTaskStartedEventAttributes?.identity,
    ],
  );
  return new Set(names.flatMap((name) => name ?? []));
}
