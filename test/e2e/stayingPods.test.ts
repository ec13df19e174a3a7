/** Pods that an eviction would only bring back, and pods that the policy keeps. */
import { describe, expect, test } from 'vitest';
import { evictions, resets } from '../../embedded/oracle/index.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import { appOf, barePodOn, deployOn, podsOn } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 10,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'] },
    { name: 'brief', checks: ['ReadonlyFilesystem'], migration: { timeout: '4s' } },
    {
      name: 'bold',
      checks: ['XfsShutdown'],
      migration: { timeout: '60s', barePods: 'evict', doNotDisrupt: 'ignore' },
    },
  ]),
});

async function evictedOf(prefix: string): Promise<number> {
  const asked = evictions(await loop().writes()).filter(({ name }) => name?.startsWith(prefix));
  return asked.length;
}

/** What the journal says to stay, with the moment at which it last said so before the machine was touched. */
async function stayingOn(node: string) {
  const resetAt = await firstResetAt(node);
  const events = loop()
    .entries(node)
    .flatMap((entry) => entry.events)
    .filter(({ at }) => at < resetAt);
  return events.flatMap((event) => ('staying' in event && event.staying) || []).slice(-2);
}

async function firstResetAt(node: string): Promise<number> {
  return Date.parse(resets(await loop().calls(), node)[0]!.at);
}

describe.concurrent('pods that would come back', () => {
  test('because they tolerate the cordon stay, are named, and are never evicted', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { tolerations: [{ operator: 'Exists' }] });
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await evictedOf(appOf(node))).toBe(0);
    const staying = await stayingOn(node);
    expect(staying.map(({ why }) => why)).toEqual(['tolerates', 'tolerates']);
    const names = (await podsOn(loop().stack, node)).map(({ metadata }) => metadata.name);
    expect(staying.map(({ pod }) => pod).toSorted()).toEqual(
      names.map((name) => `default/${name}`).toSorted(),
    );
  });

  test('because no scheduler places them are evicted a few times, and then stay', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { nodeName: node });
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await evictedOf(appOf(node))).toBeLessThanOrEqual(6);
    const staying = await stayingOn(node);
    expect(staying.map(({ why }) => why)).toEqual(['came-back', 'came-back']);
  });
});

describe.concurrent('a pod that nobody would replace, or whose owner forbids to move it', () => {
  const protection = { 'karpenter.sh/do-not-disrupt': 'true' };

  test('keeps the repair waiting, is named, and is not evicted', async () => {
    const node = loop().takeNode();
    const name = await barePodOn(loop(), node, protection);
    await loop().fail(node);
    const { pods, refused } = await loop().state(node, (state) => state.pods.passes > 0);
    expect(refused?.reason).toBe('kept-by-policy');
    expect(pods.blockers).toEqual([{ pod: `default/${name}`, why: 'no-controller' }]);
    await loop().stack.api().remove(`/api/v1/namespaces/default/pods/${name}`);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await evictedOf(name)).toBe(0);
  });

  test('is handed over by name at the time-out', async () => {
    const node = loop().takeNode();
    const name = await barePodOn(loop(), node);
    await loop().fail(node, 'ReadonlyFilesystem');
    expect(await loop().ended(node)).toMatchObject({ reason: 'migration-timed-out' });
    const endings = loop()
      .entries(node)
      .flatMap(({ events }) => events.flatMap((one) => (one.kind === 'concluded' ? one : [])));
    expect(endings[0]?.ending.detail).toContain(`default/${name} (no-controller)`);
    expect(await evictedOf(name)).toBe(0);
    expect(resets(await loop().calls(), node)).toEqual([]);
  });

  test('marked by its owner is kept though a controller has it', async () => {
    const node = loop().takeNode();
    const [pod] = await deployOn(loop(), node);
    const { name } = pod!.metadata;
    const path = `/api/v1/namespaces/default/pods/${name}`;
    const mark = (value: string | null): Promise<unknown> =>
      loop()
        .stack.api()
        .merge(path, {
          metadata: { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': value } },
        });
    await mark('false');
    await loop().fail(node);
    const { pods } = await loop().state(node, (state) => state.pods.passes > 0);
    expect(pods.blockers).toMatchObject([{ pod: `default/${name}`, why: 'do-not-disrupt' }]);
    expect(await evictedOf(name)).toBe(0);
    await mark(null);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await evictedOf(name)).toBe(1);
  });

  test('is moved where the policy says so', async () => {
    const node = loop().takeNode();
    const name = await barePodOn(loop(), node, protection);
    await loop().fail(node, 'XfsShutdown');
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await evictedOf(name)).toBe(1);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false });
  });
});
