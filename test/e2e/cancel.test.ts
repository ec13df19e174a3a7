/** A cancel in every phase ends quickly, and with nothing done afterwards. */
import { describe, expect, test } from 'vitest';
import { isolations, mutationsBy, resets, returns } from '../../embedded/oracle/index.ts';
import {
  policyFile,
  reboot,
  refusesPatch,
  refusesPodList,
  useLoop,
  viewNode,
} from '../support/loop.ts';
import type { End } from '../support/loop.ts';
import { deployOn, liftBudget, podsOn } from '../support/pods.ts';

const withinMs = 5_000;

const loop = useLoop({
  mode: 'act',
  nodes: 12,
  proxied: true,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'], soak: '5m' },
    {
      name: 'soaking',
      checks: ['ReadonlyFilesystem'],
      soak: '5m',
      ladder: [{ ...reboot, verification: { timeout: '1m', soak: '30s' } }],
    },
    { name: 'waiting', checks: ['XfsShutdown'], guard: { maxUnavailableNodes: 1 }, soak: '5m' },
  ]),
});

type Cancelled = End & { readonly node: string; readonly afterMs: number };

const cancelled: Cancelled[] = [];

/** Cancels, waits for the end, and keeps it for the last case. */
async function cancel(node: string): Promise<Cancelled> {
  const askedAtMs = await loop().cancel(node);
  const end = await loop().ended(node);
  const one = { ...end, node, afterMs: end.at - askedAtMs };
  cancelled.push(one);
  expect(one.afterMs).toBeLessThan(withinMs);
  return one;
}

async function asItWas(node: string): Promise<void> {
  expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  const labels = (await podsOn(loop().stack, node)).flatMap(
    ({ metadata }) => metadata.labels?.['slipway.dev/repair'] ?? [],
  );
  expect(labels).toEqual([]);
  expect(resets(await loop().calls(), node)).toEqual([]);
}

async function keptForAPerson(node: string): Promise<void> {
  const { unschedulable, marks } = await viewNode(loop(), node);
  expect(unschedulable).toBe(true);
  expect(JSON.parse(marks['slipway.dev/isolation']!)).toMatchObject({ outcome: 'escalated' });
  expect(returns(await loop().writes(), node)).toEqual([]);
  expect(resets(await loop().calls(), node)).toHaveLength(1);
}

describe.concurrent('a repair cancelled', () => {
  test('while it waits for a permit has changed nothing', async () => {
    const out = loop().takeNode();
    await loop().cordon(out, true);
    const node = loop().takeNode();
    await loop().fail(node, 'XfsShutdown');
    await loop().state(node, ({ refused }) => refused?.reason === 'budget-full');
    expect(await cancel(node)).toMatchObject({ outcome: 'cancelled', reason: 'cancel-requested' });
    await asItWas(node);
    expect(
      mutationsBy(await loop().writes(), 'slipway').filter(({ name }) => name === node),
    ).toEqual([]);
  });

  test('while the API server refuses its isolation has changed nothing', async () => {
    const node = loop().takeNode();
    const relent = loop().mischief.begin(refusesPatch(`/api/v1/nodes/${node}`));
    await loop().fail(node);
    await loop().state(
      node,
      ({ phase, refused }) => phase === 'isolating' && refused !== undefined,
    );
    expect(await cancel(node)).toMatchObject({ outcome: 'cancelled' });
    relent();
    await asItWas(node);
    expect(isolations(await loop().writes(), node)).toEqual([]);
  });

  test('while it cannot list the pods gives the node back', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node);
    const relent = loop().mischief.begin(refusesPodList(node));
    await loop().fail(node);
    await loop().state(node, ({ phase, refused }) => phase === 'tagging' && refused !== undefined);
    expect(await cancel(node)).toMatchObject({ outcome: 'cancelled' });
    relent();
    await asItWas(node);
    expect(isolations(await loop().writes(), node)).toHaveLength(1);
  });

  test('while pods are moving gives the node back, without our labels', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    await loop().state(node, ({ pods }) => pods.blockers.length > 0);
    expect(await cancel(node)).toMatchObject({ outcome: 'cancelled', reason: 'cancel-requested' });
    await asItWas(node);
  });

  test('while the BMC is being called is handed over after that call', async () => {
    const node = loop().takeNode();
    const slow = { answersAfterMs: 1_500, ignores: ['GracefulRestart' as const] };
    await loop().stack.hardware.behave(node, slow);
    await loop().fail(node);
    await loop().until(`the BMC of ${node} is asked for a reset`, async () => {
      const asked = resets(await loop().calls(), node).length > 0;
      return asked || undefined;
    });
    const end = await cancel(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'cancelled-mid-repair' });
    await keptForAPerson(node);
  });

  test('while the machine boots is handed over and never returned', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs: [4_000, 4_000] });
    await loop().fail(node);
    await loop().state(node, ({ waiting }) => waiting?.reason === 'boot');
    const end = await cancel(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'cancelled-mid-repair' });
    await keptForAPerson(node);
  });

  test('while the node proves itself is handed over and never returned unverified', async () => {
    const node = loop().takeNode();
    await loop().fail(node, 'ReadonlyFilesystem');
    await loop().state(node, ({ waiting }) => waiting?.reason === 'soak');
    const end = await cancel(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'cancelled-mid-repair' });
    await keptForAPerson(node);
  });

  test('while it gives the node back finishes that', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    // While its pods wait it cannot return, so the refusals surely come first.
    await loop().state(node, ({ pods }) => pods.blockers.length > 0);
    const relent = loop().mischief.begin(refusesPatch(`/api/v1/nodes/${node}`));
    await liftBudget(loop(), node);
    await loop().inPhase(node, 'returning');
    await loop().cancel(node);
    relent();
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  });
});

test('after a cancel nothing is done to a node any more, whatever happens elsewhere', async () => {
  const later = loop().takeNode();
  await loop().fail(later);
  await loop().ended(later);
  const writes = await loop().writes();
  const calls = await loop().calls();
  expect(cancelled).toHaveLength(7);
  for (const { node, at } of cancelled) {
    const touched = mutationsBy(writes, 'slipway', at).filter(
      ({ resource, name }) => resource !== 'events' && name?.includes(node.split('.')[0]!),
    );
    expect(touched).toEqual([]);
    expect(calls.filter((call) => call.system === node && Date.parse(call.at) > at)).toEqual([]);
  }
});
