/** Kubernetes Events tell each change of phase once, and hold up no repair. Observe mode: observe.test.ts. */
import { expect, test } from 'vitest';
import { describeRepair } from '../../temporal/index.ts';
import { policyFile, useLoop } from '../support/loop.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 4,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'], soak: '5m' }]),
});

type Event = { readonly metadata: { readonly name: string }; readonly reason: string };

async function eventsOf(node: string): Promise<readonly Event[]> {
  const about = encodeURIComponent(`involvedObject.name=${node},source=slipway`);
  const path = `/api/v1/namespaces/default/events?fieldSelector=${about}`;
  const { body } = await loop().stack.api('alice').get(path);
  return (body as { items: Event[] }).items;
}

function changesOf(node: string): string[] {
  return loop()
    .entries(node)
    .filter(({ from, to }) => from !== to)
    .map(({ repairId, sequence }) => `${node}.${repairId}.${sequence}`);
}

const role = '/apis/rbac.authorization.k8s.io/v1/clusterroles/slipway-actor';

type Rule = { readonly resources: readonly string[] };

function withoutEvents(rules: readonly Rule[]): Rule[] {
  return rules.filter(({ resources }) => !resources.includes('events'));
}

test('each change of phase is one Event on the node', async () => {
  const node = loop().takeNode();
  await loop().fail(node);
  await loop().ended(node);
  const events = await loop().until('all Events are there', async () => {
    const found = await eventsOf(node);
    return found.length >= changesOf(node).length ? found : undefined;
  });
  expect(events.map(({ metadata }) => metadata.name).toSorted()).toEqual(
    changesOf(node).toSorted(),
  );
  expect(events.map(({ reason }) => reason)).toContain('SlipwayRepairClosed');
});

test('a repair ends although none can be created', async () => {
  const api = loop().stack.api();
  const { rules } = (await api.get(role)).body as { rules: readonly Rule[] };
  await api.merge(role, { rules: withoutEvents(rules) });
  const node = loop().takeNode();
  await loop().fail(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  const { temporal, cluster } = loop();
  await loop().until('the workflow has ended too', async () => {
    const about = await describeRepair(temporal, { cluster, node });
    return (about.kind === 'found' && !about.running) || undefined;
  });
  expect(await eventsOf(node)).toEqual([]);
  await api.merge(role, { rules });
});
