/** What carries Slipway's keys and belongs to no open repair is undone or handed over, after a start and each minute. */
import { describe, expect, test } from 'vitest';
import { openBucket } from '../../event-hub/index.ts';
import type { Bucket } from '../../event-hub/index.ts';
import { parseGuardRecord } from '../../schemas/wire/guardRecord.ts';
import type { GuardRecord } from '../../schemas/wire/guardRecord.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import { deployOn, podsOn } from '../support/pods.ts';
import { slipway } from '../support/process.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 10,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'], soak: '5m' },
    { name: 'bold', checks: ['ReadonlyFilesystem'], touch: { cordonedByOther: true } },
    { name: 'waiting', checks: ['XfsShutdown'], guard: { maxUnavailableNodes: 1 } },
  ]),
});

/** Of a repair that nobody knows: its workflow never was, or is long forgotten. */
const nobody = 'r-nobodyknowsthisone22';

async function restart(): Promise<void> {
  loop().stack.child('engine').kill('SIGKILL');
  await loop().stack.child('engine').restart();
}

function guardBucket(): Promise<Bucket<GuardRecord>> {
  return openBucket(loop().hub, {
    name: 'guard',
    cluster: loop().cluster,
    parse: parseGuardRecord,
  });
}

async function isolate(node: string, mark: object): Promise<void> {
  const annotations = { 'slipway.dev/isolation': JSON.stringify(mark) };
  const path = `/api/v1/nodes/${node}?fieldManager=slipway-isolation`;
  const patch = { metadata: { annotations }, spec: { unschedulable: true } };
  expect((await loop().stack.api().merge(path, patch)).status).toBe(200);
}

test('after a start: a permit, a waiter, labels and a mark of a repair that nobody knows', async () => {
  const [held, marked, labelled] = [loop().takeNode(), loop().takeNode(), loop().takeNode()];
  const bucket = await guardBucket();
  const waiter = { kind: 'waiter', node: held, reason: 'budget-full', since: 1 } as const;
  await bucket.create(`waiter.${nobody}`, { ...waiter, repairId: nobody });
  const permit = { repairId: nobody, node: held, nodeUid: 'gone', grantedAt: 1 };
  const ledger = await bucket.get('ledger');
  await bucket.put('ledger', { kind: 'ledger', ledger: { version: 1, permits: [permit] } });
  expect(['absent', 'found']).toContain(ledger.kind);
  const [pod] = await deployOn(loop(), labelled);
  const podPath = `/api/v1/namespaces/default/pods/${pod?.metadata.name}`;
  const labels = { 'slipway.dev/repair': nobody };
  await loop().stack.api().merge(podPath, { metadata: { labels } });
  await isolate(marked, { repair: nobody, at: 1 });
  await restart();

  await loop().until('the permit is back and the waiter gone', async () => {
    const now = await bucket.get('ledger');
    const permits = now.kind === 'found' && now.value.kind === 'ledger' && now.value.ledger.permits;
    const waits = await bucket.get(`waiter.${nobody}`);
    const isBack = permits && !permits.some(({ repairId }) => repairId === nobody);
    return (isBack && waits.kind === 'absent') || undefined;
  });
  await loop().until('the label is off', async () => {
    const pods = await podsOn(loop().stack, labelled);
    return pods.every(({ metadata }) => !metadata.labels?.['slipway.dev/repair']) || undefined;
  });
  expect(await loop().ended(marked)).toMatchObject({
    repairId: nobody,
    outcome: 'escalated',
    reason: 'terminated-outside',
  });
  const { marks, unschedulable } = await viewNode(loop(), marked);
  expect(unschedulable).toBe(true);
  expect(JSON.parse(marks['slipway.dev/isolation']!)).toMatchObject({ outcome: 'escalated' });
});

describe('a node that was handed over', () => {
  test('and uncordoned by a person is no longer out: its mark is history and goes', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { ignores: ['GracefulRestart', 'PowerCycle'] });
    await loop().fail(node);
    expect((await loop().ended(node)).outcome).toBe('escalated');
    await loop().cordon(node, false);
    await restart();
    await loop().until('the mark is gone', async () => {
      const { marks } = await viewNode(loop(), node);
      return !('slipway.dev/isolation' in marks) || undefined;
    });
    const { marks } = await viewNode(loop(), node);
    expect(JSON.parse(marks['slipway.dev/handed-over']!)).toMatchObject({ outcome: 'escalated' });
  });
});

test('a repair that waits for a permit ends with its node, and leaves no waiter', async () => {
  const [out, node] = [loop().takeNode(), loop().takeNode()];
  await loop().cordon(out, true);
  await loop().fail(node, 'XfsShutdown');
  const { repairId } = await loop().state(node, ({ refused }) => refused?.reason === 'budget-full');
  expect((await loop().stack.api().remove(`/api/v1/nodes/${node}`)).status).toBe(200);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'cancelled', reason: 'deleted' });
  const waits = await (await guardBucket()).get(`waiter.${repairId}`);
  expect(waits.kind).toBe('absent');
});

test('continued at a person’s word, a repair gives a node back as cordoned as the first one had found it', async () => {
  const node = loop().takeNode();
  await loop().cordon(node, true);
  await loop().stack.hardware.behave(node, { ignores: ['GracefulRestart', 'PowerCycle'] });
  await loop().fail(node, 'ReadonlyFilesystem');
  const { repairId } = await loop().ended(node);
  await loop().stack.hardware.behave(node, { bootMs: [300, 400] });
  const words = ['rerun', repairId, '--reason', 'mended', '--yes', '--wait'];
  await slipway('repairs', ...words, '--data-dir', loop().stack.dataDir).exitCode;
  expect((await loop().ended(node, 2)).outcome).toBe('repaired');
  expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: true, marks: {} });
});
