/** Handed over stays handed over: whatever happens to the node afterwards, it is a person's. */
import { expect, test } from 'vitest';
import { mutationsBy, resets } from '../../embedded/oracle/index.ts';
import { workflowIdOf } from '../../workflows/contract/index.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import type { End } from '../support/loop.ts';
import { deployOn } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 8,
  // Longer than this file takes, so that no flapping is taken for health.
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'], soak: '10m' }]),
});

const terminatedWithinMs = 60_000;

async function blocked(): Promise<string> {
  const node = loop().takeNode();
  await deployOn(loop(), node, { minAvailable: 2 });
  await loop().fail(node);
  await loop().state(node, ({ pods }) => pods.blockers.length > 0);
  return node;
}

const endings: Readonly<Record<string, () => Promise<End & { readonly node: string }>>> = {
  escalated: async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs: [500, 1_000], keepsProblems: true });
    await loop().fail(node);
    return { node, ...(await loop().ended(node)) };
  },
  'taken-over': async () => {
    const node = await blocked();
    await loop().cordon(node, false);
    return { node, ...(await loop().ended(node)) };
  },
  cancelled: async () => {
    const node = await blocked();
    await loop().cancel(node);
    return { node, ...(await loop().ended(node)) };
  },
  'escalated, since its workflow was terminated in Temporal': async () => {
    const node = await blocked();
    const { client } = loop().temporal;
    const terminatedAtMs = Date.now();
    await client.workflow.getHandle(workflowIdOf(loop().cluster, node)).terminate('by a test');
    const end = await loop().ended(node);
    expect(end.reason).toBe('terminated-outside');
    expect(end.at - terminatedAtMs).toBeLessThan(terminatedWithinMs);
    const { unschedulable, marks } = await viewNode(loop(), node);
    expect(unschedulable).toBe(true);
    expect(JSON.parse(marks['slipway.dev/isolation']!)).toMatchObject({ outcome: 'escalated' });
    return { node, ...end };
  },
};

/** A whole repair of another node: what was published before it has long been handled. */
async function healAnother(): Promise<string> {
  const node = loop().takeNode();
  await loop().fail(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  return node;
}

test('after each kind of hand-over: flapping, a reboot by hand and restarts of the engine change nothing', async () => {
  const handedOver = await Promise.all(Object.values(endings).map((make) => make()));
  expect(handedOver.map(({ outcome }) => outcome)).toEqual(
    Object.keys(endings).map((name) => name.split(',')[0]),
  );
  const sinceMs = Date.now();

  for (const { node } of handedOver) {
    for (let flaps = 0; flaps < 3; flaps += 1) {
      await loop().heal(node);
      await loop().fail(node);
    }
    await loop().ignored(node, 'handed-over');
  }
  const another = [await healAnother()];

  await Promise.all(handedOver.map(({ node }) => loop().rebootByHand(node)));
  for (const { node } of handedOver) await loop().fail(node);
  loop().stack.child('engine').kill('SIGKILL');
  await loop().stack.child('engine').restart();
  another.push(await healAnother());

  await loop().stack.child('engine').stop();
  for (const { node } of handedOver) await loop().heal(node);
  for (const { node } of handedOver) await loop().fail(node);
  await loop().stack.child('engine').start();
  another.push(await healAnother());

  const writes = mutationsBy(await loop().writes(), 'slipway', sinceMs);
  const calls = await loop().calls();
  for (const { node } of handedOver) {
    const touched = writes.filter(
      ({ resource, name }) => resource !== 'events' && name?.includes(node.split('.')[0]!),
    );
    expect(touched).toEqual([]);
    expect(calls.filter((call) => call.system === node && Date.parse(call.at) > sinceMs)).toEqual(
      [],
    );
    expect(loop().ends(node)).toHaveLength(1);
  }
  expect(another.map((node) => resets(calls, node).length)).toEqual([1, 1, 1]);
});
