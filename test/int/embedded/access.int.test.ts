/** What the users of the local cluster may do, and what is written for the engine. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { searchAttributes } from '../../../domain/vocabulary/temporal.ts';
import { parseBmcCredentials, parseBmcInventory } from '../../../schemas/config/bmcInventory.ts';
import { readEngineConfig } from '../../../schemas/config/engineConfig.ts';
import { useStack } from '../../support/stack.ts';

const stack = useStack({ mode: 'act', policies: '/policies' });

async function fileOf(path: string) {
  return { path, text: await readFile(path, 'utf8') };
}

function lease(name: string) {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: { holderIdentity: 'test', leaseDurationSeconds: 15 },
  };
}

function leases(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

type ResourceRule = {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
};

/** What the API server itself says that the user may do in the namespace of our Leases, without what everybody may. */
async function grantedTo(user: 'observer' | 'actor') {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const kinds = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview' };
  const { body } = await stack()
    .api(user)
    .create(path, { ...kinds, spec: { namespace: 'slipway' } });
  const { resourceRules } = (body as { status: { resourceRules: ResourceRule[] } }).status;
  const granted = resourceRules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.map((resource) => ({
        what: group === '' ? resource : `${group}/${resource}`,
        verbs: verbs.toSorted(),
      })),
    ),
  );
  const own = granted.filter(
    ({ what }) => !/^(authentication|authorization)\.k8s\.io\//.test(what),
  );
  return Object.fromEntries(own.map(({ what, verbs }) => [what, verbs]));
}

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
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
  expect((await api.get(budgets)).status).toBe(200);
  expect((await api.get(`${budgets}/any`)).status).toBe(403);
  expect((await api.remove(`${budgets}/any`)).status).toBe(403);
});

test.each([
  [
    'observer',
    {
      nodes: ['get', 'list', 'watch'],
      pods: ['get', 'list', 'watch'],
      namespaces: ['get', 'list', 'watch'],
      events: ['get', 'list', 'watch'],
      'apps/replicasets': ['get', 'list', 'watch'],
      'policy/poddisruptionbudgets': ['get', 'list', 'watch'],
    },
  ],
  [
    'actor',
    {
      nodes: ['get', 'patch'],
      pods: ['get', 'patch'],
      'pods/eviction': ['create'],
      namespaces: ['get'],
      events: ['create', 'patch'],
      'events.k8s.io/events': ['create', 'patch'],
      'policy/poddisruptionbudgets': ['list'],
      'coordination.k8s.io/leases': ['create', 'get', 'patch', 'update'],
    },
  ],
] as const)('the API server grants the %s exactly this', async (user, expected) => {
  expect(await grantedTo(user)).toEqual(expected);
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
  const entries = inventory.ok ? inventory.value.entries : {};
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
