/** Isolation, marks and what surrounds them against a real API server. Deciding when to isolate is not tested here. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeFacts } from '../../../../domain/node.ts';
import { marks } from '../../../../domain/vocabulary/marks.ts';
import {
  clearHold,
  clearPause,
  clusterIdentity,
  connectKube,
  createNodeEvent,
  getNode,
  isolateNode,
  listNodes,
  markNode,
  readPause,
  returnNode,
  writeHold,
  writePause,
} from '../../../../kube/index.ts';
import type { Kube, Result } from '../../../../kube/index.ts';
import {
  connectAs,
  connectThroughHttpProxy,
  connectThroughProxy,
  kubectl,
  redirect,
} from '../../../support/kube.ts';
import { useStack } from '../../../support/stack.ts';

const stack = useStack({ bmc: false });
const labelled = String.raw`--for=jsonpath={.metadata.labels.beta\.kubernetes\.io/os}=linux`;
const mark = { repair: 'r-1', at: 1_000 };
let actor: Kube;
let observer: Kube;
let person: Kube;
let made = 0;

function refusalOf(result: Result<unknown>) {
  return result.ok ? undefined : result.refusal;
}

/** A new node that the controllers have already labelled, so that nobody but the test changes it. */
async function newNode(): Promise<NodeFacts> {
  made += 1;
  const [node] = await stack().createNodes(1, { from: made - 1 });
  await kubectl(stack(), 'wait', `node/${node!.name}`, labelled, '--timeout=10s');
  return await fresh(node!.name);
}

/** Looks again after each conflict, as callers do: controllers answer a cordon with a taint. */
async function insist(
  { name }: NodeFacts,
  write: (node: NodeFacts) => Promise<Result<NodeFacts>>,
): Promise<NodeFacts> {
  for (;;) {
    const written = await write(await fresh(name));
    if (written.ok || written.refusal.kind !== 'conflict') return valueOf(written);
  }
}

async function fresh(name: string): Promise<NodeFacts> {
  return valueOf(await getNode(actor, name));
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.refusal.kind}: ${result.refusal.message}`);
  return result.value;
}

async function problemOf(kubeconfigPath: string, context?: string): Promise<string> {
  const connected = await connectKube({ kubeconfigPath, ...(context && { context }) });
  return connected.ok ? '' : connected.problem;
}

beforeAll(async () => {
  actor = await connectAs(stack(), 'actor');
  observer = await connectAs(stack(), 'observer');
  person = await connectAs(stack(), 'alice');
});

afterAll(async () => {
  await Promise.all([actor.close(), observer.close(), person.close()]);
});

describe('connecting', () => {
  it('says in one sentence that a kubeconfig is missing, broken or leads nowhere', async () => {
    expect(await problemOf('/nowhere/config')).toMatch(/^The kubeconfig \/nowhere\/config could/);
    const broken = join(stack().dataDir, 'broken.kubeconfig');
    await writeFile(broken, '{{{');
    expect(await problemOf(broken)).toContain('could not be read');
    const empty = join(stack().dataDir, 'empty.kubeconfig');
    await writeFile(empty, 'apiVersion: v1\nkind: Config\n');
    expect(await problemOf(empty)).toContain('names no server');
    const nobody = await redirect(stack(), 'actor', 'https://127.0.0.1:1');
    expect(await problemOf(nobody)).toMatch(/did not answer: ECONNREFUSED.*Check that it runs/);
    const { kubeconfigs } = stack().state.kubernetes;
    expect(await problemOf(kubeconfigs.actor, 'elsewhere')).toContain('slipway-local');
  });

  it.each(['tokenFile', 'exec'])('takes a token from %s', async (kind) => {
    const { kubeconfigs } = stack().state.kubernetes;
    const config = JSON.parse(await readFile(kubeconfigs.actor, 'utf8')) as {
      users: { name: string; user: { token: string } }[];
    };
    const [{ name, user }] = config.users as [(typeof config.users)[0]];
    const tokenFile = join(stack().dataDir, 'token');
    await writeFile(tokenFile, user.token);
    const apiVersion = 'client.authentication.k8s.io/v1';
    const credential = { apiVersion, kind: 'ExecCredential', status: { token: user.token } };
    const args = [JSON.stringify(credential)];
    const exec = { apiVersion, command: 'echo', args, interactiveMode: 'Never' };
    const special = kind === 'exec' ? { exec } : { tokenFile };
    const path = join(stack().dataDir, `${kind}.kubeconfig`);
    await writeFile(path, JSON.stringify({ ...config, users: [{ name, user: special }] }));
    const connected = await connectKube({ kubeconfigPath: path });
    const kube = connected.ok ? connected.kube : actor;
    expect(kube).not.toBe(actor);
    expect(refusalOf(await getNode(kube, 'no-such-node'))?.kind).toBe('not-found');
    await kube.close();
  });

  it('knows which cluster it is', async () => {
    const identity = valueOf(await clusterIdentity(observer));
    const uid = await kubectl(
      stack(),
      'get',
      'ns',
      'kube-system',
      '-o',
      'jsonpath={.metadata.uid}',
    );
    const server = stack().state.kubernetes.url;
    expect(identity).toEqual({ id: uid, name: 'slipway-local', server });
  });
});

describe('isolation', () => {
  it('cordons and marks at once, under our name, and is undone the same way', async () => {
    const node = await newNode();
    const isolated = await insist(node, (facts) => isolateNode(actor, facts, mark));
    expect(isolated).toMatchObject({
      unschedulable: true,
      unschedulableOwner: 'slipway-isolation',
      marks: { [marks.isolation]: JSON.stringify(mark) },
    });
    const returned = await insist(node, (facts) => returnNode(actor, facts));
    expect(returned).toMatchObject({ unschedulable: false, marks: {} });
    expect(returned).not.toHaveProperty('unschedulableOwner');
  });

  it('is refused when the node changed since it was looked at', async () => {
    const node = await newNode();
    await kubectl(stack(), 'annotate', 'node', node.name, 'anything=changed');
    expect(refusalOf(await isolateNode(actor, node, mark))?.kind).toBe('conflict');
    expect((await fresh(node.name)).unschedulable).toBe(false);
  });

  it('is refused for another node under the same name', async () => {
    const node = await newNode();
    await kubectl(stack(), 'delete', 'node', node.name);
    expect(refusalOf(await isolateNode(actor, node, mark))?.kind).toBe('not-found');
    await stack().createNodes(1, { from: made - 1 });
    expect(refusalOf(await isolateNode(actor, node, mark))?.kind).toBe('conflict');
    // Even if the version were right, the UID is not.
    const { resourceVersion } = await fresh(node.name);
    expect((await isolateNode(actor, { ...node, resourceVersion }, mark)).ok).toBe(false);
    expect((await fresh(node.name)).unschedulable).toBe(false);
  });

  it('shows who owns the cordon after a person uncordoned, and cordoned again', async () => {
    const node = await newNode();
    await insist(node, (facts) => isolateNode(actor, facts, mark));
    await kubectl(stack(), 'cordon', node.name);
    expect((await fresh(node.name)).unschedulableOwner).toBe('slipway-isolation');
    await kubectl(stack(), 'uncordon', node.name);
    const uncordoned = await fresh(node.name);
    expect(uncordoned.unschedulable).toBe(false);
    expect(uncordoned).not.toHaveProperty('unschedulableOwner');
    await kubectl(stack(), 'cordon', node.name);
    const cordoned = await fresh(node.name);
    expect(cordoned.unschedulable).toBe(true);
    expect(cordoned.unschedulableOwner).toMatch(/^kubectl/);
    expect(cordoned.marks).toHaveProperty([marks.isolation]);
  });

  it('changes marks without touching the cordon', async () => {
    const node = await newNode();
    const isolated = await insist(node, (facts) => isolateNode(actor, facts, mark));
    const annotations = { [marks.isolation]: null, [marks.handedOver]: 'a person has it' };
    const marked = await insist(node, (facts) => markNode(actor, facts, annotations));
    expect(marked).toMatchObject({
      unschedulable: true,
      unschedulableOwner: 'slipway-isolation',
      marks: { [marks.handedOver]: 'a person has it' },
    });
    expect(refusalOf(await markNode(actor, isolated, annotations))?.kind).toBe('conflict');
  });

  it('is forbidden to the identity that only reads', async () => {
    const node = await newNode();
    expect(refusalOf(await isolateNode(observer, node, mark))?.kind).toBe('forbidden');
  });
});

describe('a broken connection', () => {
  it('leaves a write whose answer was lost in doubt, and a second one in conflict', async () => {
    const node = await newNode();
    const { kube, proxy } = await connectThroughHttpProxy(stack(), 'actor');
    proxy.befall(({ method }) => (method === 'PATCH' ? { kind: 'lose-answer' } : undefined));
    expect(refusalOf(await isolateNode(kube, node, mark))?.kind).toBe('ambiguous');
    proxy.befall(() => undefined);
    expect(refusalOf(await isolateNode(kube, node, mark))?.kind).toBe('conflict');
    expect(proxy.seen.filter(({ method }) => method === 'PATCH')).toHaveLength(2);
    expect((await fresh(node.name)).unschedulableOwner).toBe('slipway-isolation');
    await kube.close();
    await proxy.close();
  });

  it('calls a write that was never sent transient', async () => {
    const node = await newNode();
    const { kube, proxy } = await connectThroughProxy(stack(), 'actor');
    await proxy.cut();
    expect(refusalOf(await isolateNode(kube, node, mark))?.kind).toBe('transient');
    await proxy.restore();
    expect((await isolateNode(kube, node, mark)).ok).toBe(true);
    await kube.close();
    await proxy.close();
  });

  it('asks again for a read whose connection died, and hides nothing else', async () => {
    const node = await newNode();
    const { kube, proxy } = await connectThroughProxy(stack(), 'actor');
    proxy.reset();
    expect((await getNode(kube, node.name)).ok).toBe(true);
    expect(refusalOf(await getNode(kube, 'no-such-node'))?.kind).toBe('not-found');
    await kube.close();
    await proxy.close();
  });
});

describe('listing', () => {
  it('is complete over pages, and a list that breaks off is no list', async () => {
    const { kube, proxy } = await connectThroughHttpProxy(stack(), 'observer');
    await stack().createNodes(3, { from: 500 });
    expect(valueOf(await listNodes(kube)).length).toBeGreaterThanOrEqual(3);
    for (const body of [{}, { kind: 'NodeList', items: [] }, 'not json', { items: 'none' }]) {
      proxy.befall(() => ({ kind: 'answer', status: 200, body }));
      expect(refusalOf(await listNodes(kube))?.kind).toBe('transient');
    }
    await kube.close();
    await proxy.close();
  });
});

describe('what people see and say', () => {
  it('puts an event on the node, once however often it is sent', async () => {
    const node = await newNode();
    const event = {
      node,
      name: 'slipway-r-1-isolated',
      reason: 'SlipwayIsolated',
      message: 'Isolated for repair r-1.',
      type: 'Normal',
      at: Date.now(),
    } as const;
    expect(await createNodeEvent(actor, event)).toEqual({ ok: true, value: 'created' });
    expect(await createNodeEvent(actor, event)).toEqual({ ok: true, value: 'exists' });
    const described = await kubectl(stack(), 'describe', 'node', node.name);
    expect(described).toMatch(/SlipwayIsolated.*slipway.*Isolated for repair r-1\./);
  });

  it('pauses, and reads a pause that somebody wrote by hand', async () => {
    expect(await readPause(observer)).toEqual({ ok: true, value: undefined });
    await kubectl(stack(), 'annotate', 'ns', 'kube-system', `${marks.pause}=stop now`);
    expect(await readPause(observer)).toEqual({ ok: true, value: 'stop now' });
    valueOf(await writePause(person, { by: 'alice', reason: 'storm', at: 5 }));
    const text = valueOf(await readPause(observer));
    expect(JSON.parse(text ?? '')).toEqual({ by: 'alice', reason: 'storm', at: 5 });
    valueOf(await clearPause(person));
    expect(await readPause(observer)).toEqual({ ok: true, value: undefined });
  });

  it('holds a node and lets it go', async () => {
    const { name } = await newNode();
    valueOf(await writeHold(person, name, { by: 'alice', reason: 'mine', at: 5 }));
    expect(Object.keys((await fresh(name)).marks)).toEqual([marks.hold]);
    valueOf(await clearHold(person, name));
    expect((await fresh(name)).marks).toEqual({});
    const nobody = await writeHold(person, 'no-such-node', { by: 'a', reason: 'b', at: 1 });
    expect(refusalOf(nobody)?.kind).toBe('not-found');
  });
});
