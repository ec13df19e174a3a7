/** The oracle on a real audit log. What a reset leaves in the BMC's log: hardware.int.test.ts. */
import { expect, test } from 'vitest';
import {
  conditionChanges,
  evictions,
  isolations,
  mutationsBy,
  readWrites,
  returns,
  turns,
} from '../../../embedded/oracle/index.ts';
import { waitFor } from '../../../embedded/waitFor.ts';
import { useStack } from '../../support/stack.ts';

const stack = useStack({ bmc: false });

async function setUnschedulable(
  user: 'actor' | 'alice',
  node: string,
  unschedulable: boolean | null,
): Promise<void> {
  const answer = await stack()
    .api(user)
    .merge(`/api/v1/nodes/${node}`, { spec: { unschedulable } });
  expect(answer.status).toBe(200);
}

function read() {
  return readWrites(stack().state.kubernetes.auditLog);
}

test('an isolation is a write by the actor that turns unschedulable true, and nothing else', async () => {
  const [first = { name: '' }, second = { name: '' }] = await stack().createNodes(2);
  await setUnschedulable('actor', first.name, true);
  await setUnschedulable('actor', first.name, true);
  await setUnschedulable('alice', second.name, true);
  await setUnschedulable('actor', second.name, true);
  await setUnschedulable('alice', first.name, null);
  await setUnschedulable('actor', first.name, true);
  await setUnschedulable('actor', first.name, null);
  const refused = await stack()
    .api('observer')
    .merge(`/api/v1/nodes/${first.name}`, {
      spec: { unschedulable: true },
    });
  expect(refused.status).toBe(403);
  const writes = await read();
  expect(isolations(writes).map(({ node }) => node)).toEqual([first.name, first.name]);
  expect(returns(writes, first.name)).toHaveLength(1);
  expect(isolations(writes, second.name)).toEqual([]);
  expect(turns(writes, second.name)).toMatchObject([{ user: 'person-alice', to: 'cordoned' }]);
  expect(mutationsBy(writes, 'slipway-observer')).toEqual([]);
  expect(mutationsBy(writes, 'person-')).toHaveLength(2);
});

test('a change of a condition has the time at which the API server took it', async () => {
  const [node = { name: '' }] = await stack().createNodes(1, { from: 5 });
  const before = Date.now();
  await stack().setCondition(node.name, { type: 'KernelDeadlock', status: 'True' });
  const after = Date.now();
  const changes = conditionChanges(await read(), 'KernelDeadlock');
  const change = changes.findLast((one) => one.node === node.name);
  expect(change).toMatchObject({ status: 'True', user: 'machine' });
  expect(change?.receivedAtMs).toBeGreaterThanOrEqual(before);
  expect(change?.answeredAtMs).toBeLessThanOrEqual(after + 1);
});

test('evictions are found whether granted or refused by a budget', async () => {
  await stack().createNodes(3);
  await stack().createDeployment('steady', 2, { budget: { minAvailable: 2 } });
  const names = await waitFor(
    async () => {
      const { body } = await stack().api().get('/api/v1/namespaces/default/pods');
      return runningPods(body);
    },
    { deadlineMs: 10_000 },
  );
  const [name = ''] = names ?? [];
  const budget = '/apis/policy/v1/namespaces/default/poddisruptionbudgets/steady';
  await waitFor(
    async () => {
      const { body } = await stack().api().get(budget);
      return JSON.stringify(body).includes('"currentHealthy":2') || undefined;
    },
    { deadlineMs: 10_000 },
  );
  const answer = await stack()
    .api('actor')
    .create(`/api/v1/namespaces/default/pods/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: 'default' },
    });
  expect(answer.status).toBe(429);
  expect(evictions(await read())).toMatchObject([{ name, status: 429, user: 'slipway-actor' }]);
});

function runningPods(body: unknown): string[] | undefined {
  const text = JSON.stringify(body);
  const names = [...text.matchAll(/"name":"(steady-[a-z0-9]+-[a-z0-9]+)"/g)].map(
    ([, name]) => name ?? '',
  );
  const running = text.match(/"phase":"Running"/g) ?? [];
  return running.length === 2 ? [...new Set(names)] : undefined;
}
