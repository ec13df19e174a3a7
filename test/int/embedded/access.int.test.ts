/** What the users of the local cluster may do, and what is written for the engine. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { searchAttributes } from '../../../domain/vocabulary.ts';
import { parseBmcCredentials, parseBmcInventory } from '../../../schemas/bmcInventory.ts';
import { readEngineConfig } from '../../../schemas/config.ts';
import { useStack } from '../../support/stack.ts';

const stack = useStack({ mode: 'act', policies: '/policies' });

const fileOf = async (path: string) => ({ path, text: await readFile(path, 'utf8') });

const lease = (name: string) => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name },
  spec: { holderIdentity: 'test', leaseDurationSeconds: 15 },
});

const leases = (namespace: string): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

test('the observer reads and cannot write', async () => {
  const [node = { name: '' }] = await stack().createNodes(1);
  const api = stack().api('observer');
  const readable = [
    '/api/v1/nodes',
    '/api/v1/pods',
    '/api/v1/namespaces/kube-system',
    '/apis/policy/v1/poddisruptionbudgets',
    '/apis/apps/v1/replicasets',
  ];
  for (const path of readable) expect((await api.get(path)).status).toBe(200);
  const patch = await api.merge(`/api/v1/nodes/${node.name}`, { metadata: { labels: { a: 'b' } } });
  expect(patch.status).toBe(403);
  expect((await api.get('/api/v1/secrets')).status).toBe(403);
});

test('the actor patches nodes, holds leases in one namespace, and can do little else', async () => {
  const [node = { name: '' }] = await stack().createNodes(1);
  const api = stack().api('actor');
  const path = `/api/v1/nodes/${node.name}`;
  expect((await api.merge(path, { metadata: { annotations: { a: 'b' } } })).status).toBe(200);
  expect((await api.merge(`${path}/status`, { status: {} })).status).toBe(403);
  expect((await api.remove(path)).status).toBe(403);
  expect((await api.create(leases('slipway'), lease('mine'))).status).toBe(201);
  expect((await api.create(leases('default'), lease('mine'))).status).toBe(403);
  const pod = await api.remove('/api/v1/namespaces/default/pods/any');
  expect(pod.status).toBe(403);
});

test('the engine can read the configuration and the inventory that were written for it', async () => {
  const nodes = await stack().createNodes(2);
  const { state } = stack();
  const config = readEngineConfig({ file: await fileOf(state.engineConfig) });
  expect(config).toMatchObject({
    ok: true,
    value: {
      mode: 'act',
      nats: { url: state.natsUrl },
      kubernetes: { actorKubeconfig: state.kubernetes.kubeconfigs.actor },
      bmcInventory: state.bmc?.inventory,
      policies: ['/policies'],
    },
  });
  const inventory = parseBmcInventory(await fileOf(state.bmc?.inventory ?? ''));
  const entries = inventory.ok ? inventory.value : {};
  expect(Object.keys(entries)).toEqual(nodes.map(({ name }) => name));
  const [entry] = Object.values(entries);
  expect(parseBmcCredentials(await fileOf(entry?.credentialsFile ?? '')).ok).toBe(true);
});

test('the search attributes are known to Temporal', async () => {
  const { ports, temporal } = stack().state;
  const url = `http://127.0.0.1:${ports['temporal-http']}/api/v1/namespaces/${temporal.namespace}`;
  const listed = await fetch(`${url}/search-attributes`);
  expect(await listed.json()).toMatchObject({
    customAttributes: Object.fromEntries(
      Object.values(searchAttributes).map((name) => [name, 'INDEXED_VALUE_TYPE_KEYWORD']),
    ),
  });
});
