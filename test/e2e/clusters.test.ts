/** Two clusters on one hub whose nodes have the same names: what is said of one is never done to the other. */
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutationsBy, resets } from '../../embedded/oracle/index.ts';
import { Loop, policyFile } from '../support/loop.ts';
import type { LoopOptions } from '../support/loop.ts';
import { startNatsServer } from '../support/natsServer.ts';
import type { NatsServer } from '../support/natsServer.ts';
import { makeTestDir } from '../support/stack.ts';

let nats: NatsServer;
let large: Loop;
let small: Loop;
const folders: string[] = [];

async function start(nodes: number): Promise<Loop> {
  const folder = await makeTestDir();
  folders.push(folder);
  const options: LoopOptions = {
    mode: 'act',
    nodes,
    natsUrl: nats.url,
    policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
  };
  return Loop.start(folder, options);
}

beforeAll(async () => {
  nats = await startNatsServer();
  large = await start(4);
  small = await start(2);
});

afterAll(async () => {
  await large?.stop();
  await small?.stop();
  await nats?.remove();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

test('a fault in one cluster is repaired there, and the namesake elsewhere is not touched', async () => {
  const node = large.takeNode();
  expect(small.takeNode()).toBe(node);
  expect(large.cluster).not.toBe(small.cluster);
  await large.fail(node);
  expect(await large.ended(node)).toMatchObject({ outcome: 'repaired' });
  expect(resets(await large.calls(), node)).toHaveLength(1);

  // The other engine is awake, and its own fault meets its own guard: two nodes are too few to lose one.
  await small.fail(node);
  await small.state(node, ({ refused }) => refused?.reason === 'cluster-too-small');
  expect(resets(await small.calls(), node)).toEqual([]);
  const touched = mutationsBy(await small.writes(), 'slipway').filter(
    ({ resource }) => resource === 'nodes' || resource === 'pods',
  );
  expect(touched).toEqual([]);
  expect(large.ends(node)).toHaveLength(1);
  expect(small.ends(node)).toEqual([]);
});

test('the same repair at the same time in both has two ids, two permits and two journals', async () => {
  const node = large.takeNode();
  await small.stack.createNodes(1, { from: 2 });
  await Promise.all([large.fail(node), small.fail(small.takeNode())]);
  const [here, there] = await Promise.all([large.ended(node), small.ended(node)]);
  expect([here.outcome, there.outcome]).toEqual(['repaired', 'repaired']);
  expect(here.repairId).not.toBe(there.repairId);
  expect(resets(await large.calls(), node)).toHaveLength(1);
  expect(resets(await small.calls(), node)).toHaveLength(1);
});
