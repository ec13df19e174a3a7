/** How a node is cordoned. What the patch looks like is in test/int/kube, who may be isolated in test/unit/domain. */
import { describe, expect, test } from 'vitest';
import { isolate } from '../../../../activities/repair/isolate.ts';
import { isolationMark } from '../../../../domain/marks.ts';
import { fieldManagers, marks } from '../../../../domain/vocabulary/marks.ts';
import { fakeWorld, step } from '../../../support/fakes/ports.ts';
import type { FakeWorld } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { policy, repairId } from '../../../support/given.ts';
import { isolatedBy, nodeFacts } from '../../../support/nodes.ts';
import { sampleNode } from '../../../support/samples.ts';

async function permitted(node = nodeFacts()): Promise<FakeWorld> {
  const world = await fakeWorld(node);
  await world.ports.guard.request({
    repairId,
    node: node.name,
    nodeUid: node.uid,
    limits: policy().guard,
  });
  return world;
}

describe('given a node in service', () => {
  test('it is cordoned with the mark of the repair', async () => {
    const { ports, kube } = await permitted();
    expect(await isolate(ports, step())).toEqual({ kind: 'isolated' });
    const node = kube.node(sampleNode)!;
    expect(node).toMatchObject({
      unschedulable: true,
      unschedulableOwner: fieldManagers.isolation,
    });
    expect(isolationMark(node)).toEqual({ repair: repairId, at: ports.clock() });
  });

  test('it is cordoned once, however often it is asked', async () => {
    const { ports, kube } = await permitted();
    await isolate(ports, step());
    const { resourceVersion } = kube.node(sampleNode)!;
    expect(await isolate(ports, step())).toEqual({ kind: 'isolated' });
    expect(kube.node(sampleNode)?.resourceVersion).toBe(resourceVersion);
  });

  test('it is read when the cache does not know it', async () => {
    const { ports, kube } = await permitted();
    kube.blind();
    expect(await isolate(ports, step())).toEqual({ kind: 'isolated' });
    expect(kube.node(sampleNode)?.unschedulable).toBe(true);
  });

  test('a conflict is met by another look', async () => {
    const { ports, kube } = await permitted();
    kube.answerOnce('isolate', { kind: 'conflict' });
    expect(await isolate(ports, step())).toEqual({ kind: 'isolated' });
  });

  test('a conflict each time is a refusal', async () => {
    const { ports, kube } = await permitted();
    kube.answer('isolate', { kind: 'conflict' });
    expect(await isolate(ports, step())).toEqual({
      kind: 'refused',
      reason: 'cordon-refused',
      detail: 'the node changed under every try to cordon it',
    });
  });

  test.each([
    ['failed', 'cordon-refused'],
    ['lost', 'cordon-unconfirmed'],
  ] as const)('a patch that %s is %s, with what was answered', async (kind, reason) => {
    const { ports, kube } = await permitted();
    kube.answer('isolate', { kind, why: 'no' });
    expect(await isolate(ports, step())).toEqual({ kind: 'refused', reason, detail: 'no' });
  });

  test('one that went away meanwhile is looked at again', async () => {
    const { ports, kube } = await permitted();
    kube.before('isolate', () => kube.removeNode(sampleNode));
    expect(await isolate(ports, step())).toMatchObject({ kind: 'refused', reason: 'deleted' });
  });
});

describe('given a look that forbids it', () => {
  test('without a permit nothing is written', async () => {
    const { ports, kube } = await fakeWorld();
    const before = kube.node(sampleNode);
    expect(await isolate(ports, step())).toMatchObject({ reason: 'permit-lost' });
    expect(kube.node(sampleNode)).toEqual(before);
  });

  test.each([
    ['readNode', unreadable('node-unreadable')],
    ['isPaused', unreadable('pause-unreadable')],
  ] as const)('nothing is written on what %s could not read', async (of, answer) => {
    const { ports, kube } = await permitted();
    kube.blind();
    kube.answer(of, answer);
    expect(await isolate(ports, step())).toEqual({
      kind: 'refused',
      reason: answer.reason,
      detail: answer.why,
    });
    expect(kube.node(sampleNode)?.unschedulable).toBe(false);
  });

  test('nothing is written while the ledger or the hub cannot be read', async () => {
    const ledger = await permitted();
    ledger.ledger.cut();
    expect(await isolate(ledger.ports, step())).toMatchObject({ reason: 'ledger-unreadable' });
    const hub = await permitted();
    hub.hub.cut();
    expect(await isolate(hub.ports, step())).toMatchObject({ reason: 'hub-unreadable' });
    const record = await permitted();
    const port = { ...record.ports.hub, isOpen: async () => unreadable('hub-unreadable') };
    const unread = await isolate({ ...record.ports, hub: port }, step());
    expect(unread).toMatchObject({ reason: 'hub-unreadable' });
  });

  test('a paused cluster is left alone, with what was found', async () => {
    const { ports, kube } = await permitted();
    kube.pause(true);
    expect(await isolate(ports, step())).toMatchObject({
      reason: 'paused',
      finding: { isolated: false },
    });
  });
});

describe('given a node that is out already', () => {
  const theirs = { unschedulable: true, unschedulableOwner: 'kubectl-cordon' };
  const touching = policy({
    touch: { ...policy().touch, cordonedByOther: true },
  });

  test('a person’s cordon that the policy allows is kept, and marked as found', async () => {
    const { ports, kube } = await permitted(nodeFacts(theirs));
    expect(await isolate(ports, step({ opening: { policy: touching } }))).toEqual({
      kind: 'isolated',
    });
    const node = kube.node(sampleNode)!;
    expect(node).toMatchObject(theirs);
    expect(isolationMark(node)).toMatchObject({ repair: repairId, foundCordoned: true });
  });

  test('the isolation of the repair that is continued is taken over', async () => {
    const former = 'r-former';
    const after = { repairId: former, firstRung: 0, by: { name: 'ada', reason: 'go on' } };
    const { ports, kube } = await permitted(isolatedBy(former));
    expect(await isolate(ports, step({ opening: { after } }))).toEqual({ kind: 'isolated' });
    expect(isolationMark(kube.node(sampleNode)!)).toEqual({ repair: repairId, at: ports.clock() });
  });

  test('a cordon that the continued repair had found stays a person’s', async () => {
    const former = 'r-former';
    const after = { repairId: former, firstRung: 0, by: { name: 'ada', reason: 'go on' } };
    const mark = JSON.stringify({ repair: former, at: 1, foundCordoned: true });
    const found = nodeFacts({ ...theirs, marks: { [marks.isolation]: mark } });
    const { ports, kube } = await permitted(found);
    const taken = await isolate(ports, step({ opening: { after, policy: touching } }));
    expect(taken).toEqual({ kind: 'isolated' });
    expect(isolationMark(kube.node(sampleNode)!)).toMatchObject({ foundCordoned: true });
  });
});
