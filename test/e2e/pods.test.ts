/** Pods as they are in the field: hidden from the cache, bound late, and refused their labels. */
import { describe, expect, test } from 'vitest';
import type { CommandOutcome } from '../../domain/repair/types.ts';
import { evictions, resets, returns } from '../../embedded/oracle/index.ts';
import type { ApiWrite } from '../../embedded/oracle/index.ts';
import { allowAgain, refuseEvictions, refuseLabels } from '../support/admission.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import { appOf, deployOn, liftBudget, podsOn } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 16,
  proxied: true,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
});

type Of<K extends CommandOutcome['kind']> = Extract<CommandOutcome, { readonly kind: K }>;

function eventsOf<K extends CommandOutcome['kind']>(node: string, kind: K): Of<K>[] {
  return loop()
    .entries(node)
    .flatMap(({ events }) => events.filter((event): event is Of<K> => event.kind === kind));
}

/** The kubelet took each of these pods away before the machine was touched. */
async function expectGoneBeforeReset(node: string, names: readonly string[]): Promise<void> {
  const writes = await loop().writes();
  const gone = deletionsOf(writes, names);
  expect(new Set(gone.map(({ name }) => name))).toEqual(new Set(names));
  const lastGoneAt = Math.max(...gone.map(({ receivedAtMs }) => receivedAtMs));
  expect(lastGoneAt).toBeLessThan(await firstResetAt(node));
}

function deletionsOf(writes: readonly ApiWrite[], names: readonly string[]): ApiWrite[] {
  return writes.filter(
    ({ verb, resource, subresource, name, status }) =>
      verb === 'delete' &&
      resource === 'pods' &&
      !subresource &&
      status === 200 &&
      names.includes(name ?? ''),
  );
}

async function firstResetAt(node: string): Promise<number> {
  return Date.parse(resets(await loop().calls(), node)[0]!.at);
}

describe.concurrent('a label that is refused', () => {
  test('keeps no pod from moving, and is told', async () => {
    const node = loop().takeNode();
    const [pod] = await deployOn(loop(), node);
    await refuseLabels(loop(), appOf(node), pod!.metadata.name);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    const [tagged] = eventsOf(node, 'podsTagged');
    expect(tagged?.untagged).toHaveLength(2);
    expect(tagged?.untagged?.map((one) => one.pod)).toContain(`default/${pod!.metadata.name}`);
    expect(tagged?.untagged?.[0]?.why).toContain('may not be changed in place');
  });

  test('keeps no healthy node from serving: the pods that still carry it are told', async () => {
    const node = loop().takeNode();
    const [pod] = await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    await loop().state(node, ({ pods }) => pods.blockers.length > 0);
    await refuseLabels(loop(), appOf(node), pod!.metadata.name);
    await loop().heal(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'recovered' });
    expect(returns(await loop().writes(), node)).toHaveLength(1);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
    expect(eventsOf(node, 'restored')[0]?.untagged).toHaveLength(2);
    await liftBudget(loop(), node);
  });
});

/** The moments at which Slipway asked for the eviction of pods of this name. */
async function askedFor(prefix: string): Promise<Map<string, number[]>> {
  const asked = evictions(await loop().writes()).filter(
    ({ user, name }) => user === 'slipway-actor' && name?.startsWith(prefix),
  );
  const byPod = Map.groupBy(asked, ({ name }) => name ?? '');
  return new Map([...byPod].map(([pod, tries]) => [pod, tries.map((one) => one.receivedAtMs)]));
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - times[index]!);
}

/** As often as `kubectl drain` asks, and no more often. */
const shortestGapMs = 5_000;

describe.concurrent('pods that stay, each for its own reason', () => {
  test('refused by an admission policy: asked less and less, and moved once it is lifted', async () => {
    const node = loop().takeNode();
    const app = appOf(node);
    const [pod] = await deployOn(loop(), node);
    await refuseEvictions(loop(), app, pod!.metadata.name);
    await loop().fail(node);
    const { pods, refused } = await loop().state(node, (state) => state.pods.passes === 3);
    expect(refused?.reason).toBe('refused-by-admission');
    expect(pods.blockers.map(({ why }) => why)).toEqual(
      Array.from({ length: 2 }, () => 'refused-by-admission'),
    );
    expect(pods.blockers[0]?.detail).toContain('rolled by its operator');
    await allowAgain(loop(), `evictions-${app}`);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    const times = await askedFor(app);
    expect(times.size).toBe(2);
    for (const tries of times.values())
      for (const gap of gaps(tries)) expect(gap).toBeGreaterThanOrEqual(shortestGapMs);
  });

  test('on their way out and held by a finalizer: asked once, and waited for', async () => {
    const node = loop().takeNode();
    const pods = await deployOn(loop(), node);
    const { name } = pods[0]!.metadata;
    const path = `/api/v1/namespaces/default/pods/${name}`;
    await loop()
      .stack.api()
      .merge(path, { metadata: { finalizers: ['t/x'] } });
    await loop().fail(node);
    const waiting = await loop().state(node, (state) => state.pods.passes >= 2);
    expect(waiting.refused?.reason).toBe('pods-terminating');
    expect(waiting.pods.blockers).toEqual([{ pod: `default/${name}`, why: 'terminating' }]);
    await loop()
      .stack.api()
      .merge(path, { metadata: { finalizers: null } });
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect((await askedFor(name)).get(name)).toHaveLength(1);
  });

  test('under two budgets, which the API server never allows', async () => {
    const node = loop().takeNode();
    const app = appOf(node);
    await deployOn(loop(), node, { minAvailable: 1 });
    const made = await loop().stack.api().create(budgets, rivalBudget(app));
    expect(made.status).toBe(201);
    await loop().fail(node);
    const { pods } = await loop().state(node, ({ refused }) => refused?.reason === 'not-evictable');
    expect(pods.blockers[0]?.budgets?.toSorted()).toEqual([app, `rival-${app}`]);
    await loop().stack.api().remove(`${budgets}/rival-${app}`);
    await liftBudget(loop(), node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  });

  test('because the API server asks for time, which it gets', async () => {
    const node = loop().takeNode();
    const [pod] = await deployOn(loop(), node);
    const askedAt: number[] = [];
    const end = loop().mischief.begin(({ method, url }) => {
      if (method !== 'POST' || !url.pathname.endsWith(`/${pod!.metadata.name}/eviction`))
        return undefined;
      askedAt.push(Date.now());
      const body = { kind: 'Status', code: 429, message: 'busy' };
      return askedAt.length === 1
        ? { kind: 'answer', status: 429, body, headers: { 'retry-after': '14' } }
        : undefined;
    });
    await loop().fail(node);
    const { refused } = await loop().state(node, ({ pods }) => pods.blockers.length === 1);
    expect(refused?.reason).toBe('eviction-unanswered');
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    end();
    expect(gaps(askedAt)[0]).toBeGreaterThanOrEqual(14_000);
  });
});

describe.concurrent('an autoscaler', () => {
  /** A person's eyes on a repair whose pods are held by a budget. */
  const held = async (): Promise<string> => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    await loop().state(node, ({ pods }) => pods.blockers.length > 0);
    return node;
  };

  const addTaint = async (node: string, taint: object): Promise<void> => {
    const path = `/api/v1/nodes/${node}`;
    const { body } = await loop().stack.api().get(path);
    const { taints = [] } = (body as { spec: { taints?: object[] } }).spec;
    const patch = { spec: { taints: [...taints, taint] } };
    expect((await loop().stack.api('alice').merge(path, patch)).status).toBe(200);
  };

  test('that removes a node in mid-repair is left to it: no reset follows', async () => {
    const node = await held();
    await addTaint(node, {
      key: 'ToBeDeletedByClusterAutoscaler',
      value: '1',
      effect: 'NoSchedule',
    });
    await liftBudget(loop(), node);
    expect(await loop().ended(node)).toMatchObject({
      outcome: 'taken-over',
      reason: 'disrupted-by-autoscaler',
    });
    expect(resets(await loop().calls(), node)).toEqual([]);
    expect(returns(await loop().writes(), node)).toEqual([]);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: true });
  });

  test('that only considers a node stops no repair', async () => {
    const node = await held();
    await addTaint(node, {
      key: 'DeletionCandidateOfClusterAutoscaler',
      value: '1',
      effect: 'PreferNoSchedule',
    });
    await liftBudget(loop(), node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  });
});

const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

function rivalBudget(app: string): unknown {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: `rival-${app}` },
    spec: { minAvailable: 1, selector: { matchLabels: { app } } },
  };
}

describe('no machine is reset under its pods', () => {
  test('of which the cache never heard, as its watch is silent', async () => {
    const node = loop().takeNode();
    const speak = loop().mischief.silencePodWatch();
    const pods = await deployOn(loop(), node);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    speak();
    await expectGoneBeforeReset(
      node,
      pods.map(({ metadata }) => metadata.name),
    );
  });

  test('which move although the cache never hears that the node is isolated', async () => {
    const node = loop().takeNode();
    const pods = await deployOn(loop(), node);
    await loop().pause('the watch has to fall silent before the isolation');
    await loop().fail(node);
    await loop().state(node, ({ permit, refused }) => permit && refused?.reason === 'paused');
    const speak = loop().mischief.silenceNodeWatch();
    await loop().pause(null);
    await loop().until('the pods have moved', () => eventsOf(node, 'podsMoved')[0], node);
    speak();
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    const names = pods.map(({ metadata }) => metadata.name);
    await expectGoneBeforeReset(node, names);
  });

  test('of which one was bound when the others had gone', async () => {
    const node = loop().takeNode();
    const name = `late-${node.split('.')[0]!}`;
    const pod = await pendingPod(name);
    const bound = Promise.withResolvers<void>();
    const lists: URL[] = [];
    const end = loop().mischief.begin(({ url }) => {
      if (url.searchParams.get('fieldSelector') !== `spec.nodeName=${node}`) return undefined;
      lists.push(url);
      return lists.length === 2 ? { kind: 'late', until: bound.promise } : undefined;
    });
    await loop().fail(node);
    await loop().until('the rung looks for pods', () => lists.length >= 2 || undefined, node);
    await bind(pod, node);
    bound.resolve();
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    end();
    expect(eventsOf(node, 'podsFound')).toMatchObject([{ left: 1, pods: [`default/${pod}`] }]);
    expect(evictions(await loop().writes()).filter((write) => write.name === pod)).toHaveLength(1);
    await expectGoneBeforeReset(node, [pod]);
    expect(await podsOn(loop().stack, node)).toEqual([]);
  });
});

/** A pod of a Deployment that no scheduler takes care of; answers its name. */
async function pendingPod(name: string): Promise<string> {
  const api = loop().stack.api();
  const labels = { app: name };
  const containers = [{ name: 'app', image: 'registry.example/late:1' }];
  const made = await api.create('/apis/apps/v1/namespaces/default/replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { schedulerName: 'by-hand', containers } },
    },
  });
  expect(made.status).toBe(201);
  return loop().until(`a pod of ${name} waits`, async () => {
    const { body } = await api.get(`/api/v1/namespaces/default/pods?labelSelector=app%3D${name}`);
    return (body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name;
  });
}

async function bind(name: string, node: string): Promise<void> {
  const made = await loop()
    .stack.api()
    .create(`/api/v1/namespaces/default/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
  expect(made.status).toBe(201);
}
