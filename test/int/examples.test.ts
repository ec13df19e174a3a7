/** Each example runs as its first line says, on one stack, and prints what it promises. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { notBegun } from '../../domain/repair/begun.ts';
import { getNode } from '../../kube/index.ts';
import { connectTemporal, startRepair } from '../../temporal/index.ts';
import { opening } from '../support/given.ts';
import { connectAs } from '../support/kube.ts';
import { useStack } from '../support/stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stack = useStack();
const ran = new Set<string>();

async function run(name: string, ...args: string[]): Promise<string> {
  ran.add(name);
  const words = [`examples/${name}.ts`, ...args];
  return (await promisify(execFile)(process.execPath, words, { cwd: root })).stdout;
}

test('decide: what a repair does next, event by event', async () => {
  expect(await run('decide')).toBe(
    [
      'opened -> awaiting-permit: requestPermit',
      'permitGranted -> isolating: isolate',
      'isolated -> tagging: tagPods',
      'podsTagged -> repairing: runRung',
      'lost -> repairing: conclude',
      '',
    ].join('\n'),
  );
});

test('event-hub: a report that is sent twice is stored once', async () => {
  const url = stack().state.natsUrl;
  const told = 'sent twice, stored once: true\nnode-1: KernelDeadlock is faulty\n';
  expect(await run('event-hub', url)).toBe(told);
});

test('guard: of three nodes one may be out', async () => {
  const url = stack().state.natsUrl;
  const told = 'node-1: granted, 0 of 1 out\nnode-2: refused (budget-full), 1 of 1 out\n';
  expect(await run('guard', url)).toBe(told);
  // What it took it has given back.
  expect(await run('guard', url)).toBe(told);
});

test('kube: the nodes as they are', async () => {
  const [node] = await stack().createNodes(1);
  const told = await run('kube', stack().state.kubernetes.kubeconfigs.observer);
  expect(told).toContain(`${node!.name}: Ready is `);
});

test('temporal: how the repair of a node stands', async () => {
  const { address, namespace } = stack().state.temporal;
  const { cluster, node, repairId } = opening();
  const place = [address, namespace, cluster, node];
  expect(await run('temporal', ...place)).toBe(`${node}: no repair\n`);
  const temporal = await connectTemporal({ address, namespace });
  if ('kind' in temporal) throw new Error(temporal.why);
  expect(await startRepair(temporal, opening(), notBegun(opening()))).toEqual({ kind: 'started' });
  await temporal.close();
  expect(await run('temporal', ...place)).toBe(`${node}: ${repairId} is RUNNING\n`);
});

test('drivers: whether a machine could be reset, without a reset', async () => {
  const [node] = await stack().createNodes(1, { from: 1 });
  const { inventory = '' } = stack().state.bmc ?? {};
  const observer = await connectAs(stack(), 'observer');
  const read = await getNode(observer, node!.name);
  await observer.close();
  const uuid = read.ok ? read.value.systemUuid : '';
  expect(await run('drivers', inventory, node!.name, uuid)).toBe(
    `GracefulRestart of ${node!.name}: ready\n`,
  );
  expect(await run('drivers', inventory, node!.name, 'another')).toMatch(/: rejected: .*another/);
});

test('every example was run', () => {
  const files = readdirSync(`${root}/examples`).filter((name) => name.endsWith('.ts'));
  expect([...ran].toSorted()).toEqual(files.map((name) => name.replace('.ts', '')).toSorted());
});
