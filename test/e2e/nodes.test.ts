/** Nodes that are no longer what they were when their repair began; and BMCs that are not theirs. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { isolations, mutationsBy, resets } from '../../embedded/oracle/index.ts';
import { policyFile, reboot, useLoop, viewNode } from '../support/loop.ts';
import { deployOn, liftBudget } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 10,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'] },
    {
      name: 'one-rung',
      checks: ['ReadonlyFilesystem'],
      ladder: [{ ...reboot, bootWindow: '20s' }],
    },
  ]),
});

async function blocked(): Promise<string> {
  const node = loop().takeNode();
  await deployOn(loop(), node, { minAvailable: 2 });
  await loop().fail(node);
  await loop().state(node, ({ pods }) => pods.blockers.length > 0);
  return node;
}

type Body = {
  readonly status: { readonly conditions: readonly { type: string; status: string }[] };
};

/** A machine registers under a name that another one had; its disk is new, and so is its UID. */
async function register(name: string, { status }: Body): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: {}, status };
  expect((await loop().stack.api().create('/api/v1/nodes', node)).status).toBe(201);
}

/** Fails a node whose machine takes long to come back, and takes the node away meanwhile. */
async function bootingFor1Minute(): Promise<{ node: string; repairId: string; before: Body }> {
  const node = loop().takeNode();
  await loop().stack.hardware.behave(node, { bootMs: [60_000, 60_000] });
  await loop().fail(node, 'ReadonlyFilesystem');
  const { repairId } = await loop().state(node, ({ attempts }) => attempts === 1);
  return { node, repairId, before: await remove(node) };
}

const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** Gone when also its lease is: before that kwok may take a new node of this name for the old one, and never boot it. */
async function remove(node: string): Promise<Body> {
  const { body } = await loop().stack.api().get(`/api/v1/nodes/${node}`);
  const answer = await loop().stack.api().remove(`/api/v1/nodes/${node}`);
  expect(answer.status).toBe(200);
  await loop().until(`the lease of ${node} is gone`, async () => {
    const lease = await loop().stack.api().get(`${leases}/${node}`);
    return lease.status === 404 || undefined;
  });
  return body as Body;
}

describe.concurrent('in the middle of its repair a node', () => {
  test('that is deleted ends it, and no BMC is called', async () => {
    const node = await blocked();
    await remove(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'cancelled', reason: 'deleted' });
    expect(resets(await loop().calls(), node)).toEqual([]);
  });

  test('that is replaced while its machine boots is not touched by the old repair', async () => {
    const { node, repairId, before } = await bootingFor1Minute();
    const conditions = before.status.conditions.map((one) => ({
      ...one,
      status: one.type === 'Ready' ? 'True' : 'False',
    }));
    const replacedAtMs = Date.now();
    await register(node, { ...before, status: { ...before.status, conditions } });
    expect(await loop().ended(node)).toMatchObject({ repairId, outcome: 'cancelled' });
    const touched = mutationsBy(await loop().writes(), 'slipway', replacedAtMs).filter(
      ({ resource, name }) => resource === 'nodes' && name === node,
    );
    expect(touched).toEqual([]);
    expect(resets(await loop().calls(), node)).toHaveLength(1);
  });

  test('that is replaced by one that is just as sick has a repair of its own', async () => {
    const { node, repairId, before } = await bootingFor1Minute();
    await loop().stack.hardware.behave(node, { bootMs: [500, 600] });
    await register(node, before);
    expect(await loop().ended(node)).toMatchObject({ repairId, outcome: 'cancelled' });
    const second = await loop().ended(node, 2);
    expect(second).toMatchObject({ outcome: 'repaired' });
    expect(second.repairId).not.toBe(repairId);
    const isolated = isolations(await loop().writes(), node).map(({ nodeUid }) => nodeUid);
    expect(new Set(isolated).size).toBe(2);
    expect(isolated).toHaveLength(2);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  });

  test('that is rebooted by hand returns without a reset, once it has shown that it is well', async () => {
    const node = await blocked();
    await loop().rebootByHand(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'recovered' });
    expect(resets(await loop().calls(), node)).toEqual([]);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  });

  test('that is rebooted by hand and still sick is repaired on the evidence of its new boot', async () => {
    const node = await blocked();
    await loop().stack.hardware.behave(node, { bootMs: [500, 600], keepsProblems: true });
    await loop().rebootByHand(node);
    await loop().stack.hardware.behave(node, { bootMs: [500, 600] });
    await loop().fail(node);
    await liftBudget(loop(), node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(resets(await loop().calls(), node)).toHaveLength(1);
  });
});

test('with two entries of the BMC inventory swapped, no machine is reset', async () => {
  const [one, other] = [loop().takeNode(), loop().takeNode()];
  const file = loop().stack.state.bmc!.inventory;
  const inventory = JSON.parse(await readFile(file, 'utf8')) as { nodes: Record<string, unknown> };
  const { [one]: first, [other]: second } = inventory.nodes;
  const nodes = { ...inventory.nodes, [one]: second, [other]: first };
  await writeFile(file, JSON.stringify({ nodes }));
  await Promise.all([loop().fail(one), loop().fail(other)]);
  for (const node of [one, other]) {
    const end = await loop().ended(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'wrong-machine' });
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  }
  const calls = (await loop().calls()).filter(({ system }) => system === one || system === other);
  expect(calls.filter(({ resetType }) => resetType !== null)).toEqual([]);
  expect(calls.length).toBeGreaterThanOrEqual(2);
});
