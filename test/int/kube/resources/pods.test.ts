/** Tags and evictions against a real API server and real disruption budgets. Pacing is not tested here. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PodFacts } from '../../../../domain/node.ts';
import { evictions, readWrites } from '../../../../embedded/oracle/index.ts';
import { waitFor } from '../../../../embedded/waitFor.ts';
import {
  budgetsBlocking,
  evictPod,
  listLabelledPods,
  listPodsOn,
  podCache,
  tagPod,
  untagPod,
} from '../../../../kube/index.ts';
import type { Kube, PodCache } from '../../../../kube/index.ts';
import { connectAs, connectThroughHttpProxy, kubectl } from '../../../support/kube.ts';
import { useStack } from '../../../support/stack.ts';

const stack = useStack({ bmc: false });
const ended = new AbortController();
let actor: Kube;
let observer: Kube;
let pods: PodCache;

beforeAll(async () => {
  actor = await connectAs(stack(), 'actor');
  observer = await connectAs(stack(), 'observer');
  pods = podCache(observer, { signal: ended.signal });
  await stack().createNodes(2);
}, 30_000);

afterAll(async () => {
  ended.abort();
  await pods.done;
  await Promise.all([actor.close(), observer.close()]);
});

/** The pods of a new Deployment once all of them are ready. */
async function deploy(name: string, replicas: number, minAvailable?: number): Promise<PodFacts[]> {
  const budget = minAvailable === undefined ? {} : { budget: { minAvailable } };
  await stack().createDeployment(name, replicas, { ...budget, terminationGracePeriodSeconds: 7 });
  await kubectl(stack(), 'rollout', 'status', `deployment/${name}`, '--timeout=20s');
  const found = await waitFor(
    () => {
      const known = pods.list().filter((pod) => pod.name.startsWith(`${name}-`));
      return known.length === replicas && known.every((pod) => pod.phase === 'Running')
        ? known
        : undefined;
    },
    { deadlineMs: 10_000 },
  );
  if (!found) throw new Error(`the pods of ${name} did not come up`);
  return found;
}

async function untilBudgetKnows(name: string, disruptionsAllowed: number): Promise<void> {
  const condition = `--for=jsonpath={.status.disruptionsAllowed}=${disruptionsAllowed}`;
  await kubectl(stack(), 'wait', `pdb/${name}`, condition, '--timeout=10s');
}

const grace = 'jsonpath={.metadata.deletionGracePeriodSeconds}';

function graceOf(pod: PodFacts): Promise<string> {
  return kubectl(stack(), 'get', 'pod', pod.name, '-o', grace);
}

describe('the cache', () => {
  it('knows the pods of each node, and of none that is not there', async () => {
    const web = await deploy('indexed', 4);
    for (const pod of web) {
      expect(pod).toMatchObject({ ownerKind: 'ReplicaSet', graceSeconds: 7, mirror: false });
      expect(pods.onNode(pod.node)).toContainEqual(pod);
    }
    expect(pods.onNode('no-such-node')).toEqual([]);
  });
});

describe('a list', () => {
  const listed = (answer: Awaited<ReturnType<typeof listPodsOn>>): readonly PodFacts[] => {
    if (!answer.ok) throw new Error(answer.refusal.message);
    return answer.value;
  };

  it('holds the pods of one node, or those that a repair has labelled, and is refused where it is not whole', async () => {
    const [pod] = await deploy('listed', 2);
    const here = listed(await listPodsOn(observer, pod!.node));
    expect(here.map(({ name }) => name)).toContain(pod!.name);
    expect(new Set(here.map(({ node }) => node))).toEqual(new Set([pod!.node]));
    expect(listed(await listPodsOn(observer, 'no-such-node'))).toEqual([]);
    await tagPod(actor, pod!, 'r-listed');
    const labelled = listed(await listLabelledPods(observer));
    expect(labelled.map(({ name }) => name)).toEqual([pod!.name]);
    await untagPod(actor, pod!);
    expect(await listPodsOn(actor, pod!.node)).toMatchObject({ refusal: { kind: 'forbidden' } });
  });
});

describe('a tag', () => {
  it('is put on and taken off', async () => {
    const [pod] = await deploy('tagged', 1);
    expect(await tagPod(actor, pod!, 'r-1')).toEqual({ ok: true, value: 'tagged' });
    const tagged = () => pods.get(`default/${pod!.name}`)?.repair;
    expect(await waitFor(tagged, { deadlineMs: 5_000 })).toBe('r-1');
    expect(await untagPod(actor, pod!)).toEqual({ ok: true, value: 'untagged' });
    const bare = () => (tagged() === undefined ? true : undefined);
    expect(await waitFor(bare, { deadlineMs: 5_000 })).toBe(true);
  });

  it('is done when the pod is gone, and spares another one of its name', async () => {
    const [pod] = await deploy('renamed', 1);
    const predecessor = { ...pod!, uid: 'another' };
    expect(await tagPod(actor, predecessor, 'r-1')).toEqual({ ok: true, value: 'gone' });
    expect(await untagPod(actor, predecessor)).toEqual({ ok: true, value: 'gone' });
    const missing = { ...pod!, name: 'no-such-pod' };
    expect(await tagPod(actor, missing, 'r-1')).toEqual({ ok: true, value: 'gone' });
    const labels = await kubectl(stack(), 'get', 'pod', pod!.name, '--show-labels');
    expect(labels).not.toContain('slipway.dev');
  });
});

describe('an eviction', () => {
  it('is accepted, which is not gone yet, with the grace of the pod', async () => {
    const [pod] = await deploy('evicted', 1);
    await kubectl(stack(), 'patch', 'pod', pod!.name, '-p', '{"metadata":{"finalizers":["t/x"]}}');
    expect(await evictPod(actor, { pod: pod! })).toEqual({ ok: true, value: 'accepted' });
    expect(await graceOf(pod!)).toBe('7');
    await kubectl(stack(), 'patch', 'pod', pod!.name, '-p', '{"metadata":{"finalizers":null}}');
  });

  it('is asked for once, though a cache may not know yet that the pod leaves', async () => {
    const [pod] = await deploy('leaving', 1);
    await kubectl(stack(), 'patch', 'pod', pod!.name, '-p', '{"metadata":{"finalizers":["t/x"]}}');
    expect(await evictPod(actor, { pod: pod! })).toEqual({ ok: true, value: 'accepted' });
    expect(await evictPod(actor, { pod: pod! })).toEqual({ ok: true, value: 'accepted' });
    await kubectl(stack(), 'patch', 'pod', pod!.name, '-p', '{"metadata":{"finalizers":null}}');
    const asked = evictions(await readWrites(stack().state.kubernetes.auditLog));
    expect(asked.filter(({ name }) => name === pod!.name)).toHaveLength(1);
  });

  it('never forces: a grace of zero becomes a second', async () => {
    const [pod] = await deploy('hurried', 1);
    await kubectl(stack(), 'patch', 'pod', pod!.name, '-p', '{"metadata":{"finalizers":["t/x"]}}');
    expect((await evictPod(actor, { pod: pod!, graceSeconds: 0 })).ok).toBe(true);
    expect(await graceOf(pod!)).toBe('1');
    await kubectl(stack(), 'patch', 'pod', pod!.name, '-p', '{"metadata":{"finalizers":null}}');
  });

  it('is forbidden by a budget, which is named', async () => {
    const [pod] = await deploy('guarded', 2, 2);
    await untilBudgetKnows('guarded', 0);
    const answer = await evictPod(actor, { pod: pod! });
    expect(answer).toMatchObject({
      ok: false,
      refusal: { kind: 'budget', status: 429, budgets: ['guarded'] },
    });
    const blocking = await budgetsBlocking(observer, 'default', { app: 'guarded' });
    expect(blocking).toEqual({ ok: true, value: ['guarded'] });
    const free = await budgetsBlocking(observer, 'default', { app: 'other' });
    expect(free).toEqual({ ok: true, value: [] });
  });

  it('of a pod whose name a guarded one has now is done', async () => {
    const [pod] = await deploy('inherited', 2, 2);
    await untilBudgetKnows('inherited', 0);
    const predecessor = { ...pod!, uid: 'another' };
    expect(await evictPod(actor, { pod: predecessor })).toEqual({ ok: true, value: 'gone' });
  });

  it('of a pod that is gone is done, and so is one by its old UID', async () => {
    const [pod] = await deploy('vanished', 1);
    const missing = { ...pod!, name: 'no-such-pod' };
    expect(await evictPod(actor, { pod: missing })).toEqual({ ok: true, value: 'gone' });
    const predecessor = { ...pod!, uid: 'another' };
    expect(await evictPod(actor, { pod: predecessor })).toEqual({ ok: true, value: 'gone' });
    expect(pods.get(`default/${pod!.name}`)?.deleting).toBe(false);
  });

  it('under two budgets can never pass, and both are named', async () => {
    const [pod] = await deploy('contested', 2, 1);
    const rival = ['create', 'pdb', 'rival', '--selector=app=contested', '--min-available=1'];
    await kubectl(stack(), ...rival);
    await untilBudgetKnows('rival', 1);
    const answer = await evictPod(actor, { pod: pod! });
    expect(answer).toMatchObject({ ok: false, refusal: { kind: 'invalid', status: 500 } });
    expect(answer.ok || answer.refusal.budgets?.toSorted()).toEqual(['contested', 'rival']);
  });

  it('is told to slow down when the server is busy, which no budget caused', async () => {
    const [pod] = await deploy('busy', 1);
    const { kube, proxy } = await connectThroughHttpProxy(stack(), 'actor');
    const body = { kind: 'Status', reason: 'TooManyRequests', code: 429 };
    proxy.befall(() => ({ kind: 'answer', status: 429, body, headers: { 'retry-after': '2' } }));
    expect(await evictPod(kube, { pod: pod! })).toMatchObject({
      ok: false,
      refusal: { kind: 'throttled', retryAfterMs: 2_000 },
    });
    await kube.close();
    await proxy.close();
  });
});
