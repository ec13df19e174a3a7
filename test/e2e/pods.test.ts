/** Pods as they are in the field: hidden from the cache, bound late, and refused their labels. */
import { describe, expect, test } from 'vitest';
import type { CommandOutcome } from '../../domain/repair/types.ts';
import { evictions, resets, returns } from '../../embedded/oracle/index.ts';
import type { Write } from '../../embedded/oracle/index.ts';
import { refuseLabels } from '../support/admission.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import { appOf, deployOn, liftBudget, podsOn } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 8,
  proxied: true,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
});

type Of<K extends CommandOutcome['kind']> = Extract<CommandOutcome, { readonly kind: K }>;

const eventsOf = <K extends CommandOutcome['kind']>(node: string, kind: K): Of<K>[] =>
  loop()
    .entries(node)
    .flatMap(({ events }) => events.filter((event): event is Of<K> => event.kind === kind));

const firstResetAt = async (node: string): Promise<number> =>
  Date.parse(resets(await loop().calls(), node)[0]!.at);

const deletionsOf = (writes: readonly Write[], names: readonly string[]): Write[] =>
  writes.filter(
    ({ verb, resource, subresource, name, status }) =>
      verb === 'delete' &&
      resource === 'pods' &&
      !subresource &&
      status === 200 &&
      names.includes(name ?? ''),
  );

/** The kubelet took each of these pods away before the machine was touched. */
const expectGoneBeforeReset = async (node: string, names: readonly string[]): Promise<void> => {
  const writes = await loop().writes();
  const gone = deletionsOf(writes, names);
  expect(new Set(gone.map(({ name }) => name))).toEqual(new Set(names));
  const lastGoneAt = Math.max(...gone.map(({ receivedAtMs }) => receivedAtMs));
  expect(lastGoneAt).toBeLessThan(await firstResetAt(node));
};

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
const pendingPod = async (name: string): Promise<string> => {
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
};

const bind = async (name: string, node: string): Promise<void> => {
  const made = await loop()
    .stack.api()
    .create(`/api/v1/namespaces/default/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name },
      target: { apiVersion: 'v1', kind: 'Node', name: node },
    });
  expect(made.status).toBe(201);
};
