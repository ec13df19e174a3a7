/** The node cache behind connections that break in every way. What a store tells of is in test/unit/kube. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { NodeFacts } from '../../../../domain/node.ts';
import { waitFor } from '../../../../embedded/waitFor.ts';
import { nodeCache } from '../../../../kube/index.ts';
import type {
  CacheOptions,
  CacheChange,
  Kube,
  NodeCache,
  WatchProblem,
} from '../../../../kube/index.ts';
import type { Seen } from '../../../support/httpProxy.ts';
import { connectThroughHttpProxy, connectThroughProxy } from '../../../support/kube.ts';
import { useStack } from '../../../support/stack.ts';

const stack = useStack({ bmc: false });
let made = 0;

beforeAll(async () => {
  await stack().createNodes(3, { from: 900 });
}, 30_000);

type Followed = {
  readonly cache: NodeCache;
  readonly changes: CacheChange<NodeFacts>[];
  readonly problems: WatchProblem[];
};

const timing = { firstBackoffMs: 10, longestBackoffMs: 100 };

/** A synced cache for this test, ended with it. */
async function follow(kube: Kube, special: CacheOptions['timing'] = {}): Promise<Followed> {
  const ended = new AbortController();
  const problems: WatchProblem[] = [];
  const cache = nodeCache(kube, {
    signal: ended.signal,
    timing: { ...timing, ...special },
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(async () => {
    ended.abort();
    await cache.done;
    await kube.close();
  });
  await cache.synced;
  const changes: CacheChange<NodeFacts>[] = [];
  cache.onChange((change) => changes.push(change));
  return { cache, changes, problems };
}

async function behindProxy() {
  const through = await connectThroughProxy(stack(), 'observer');
  onTestFinished(() => through.proxy.close());
  return through;
}

async function behindHttpProxy() {
  const through = await connectThroughHttpProxy(stack(), 'observer');
  onTestFinished(() => through.proxy.close());
  return through;
}

async function addNode(): Promise<string> {
  made += 1;
  const [node] = await stack().createNodes(1, { from: made });
  return node!.name;
}

async function removeNode(name: string): Promise<void> {
  const { status } = await stack().api().remove(`/api/v1/nodes/${name}`);
  expect(status).toBe(200);
}

async function until(condition: () => boolean): Promise<void> {
  const met = await waitFor(() => condition() || undefined, { deadlineMs: 8_000 });
  if (!met) throw new Error(`in vain: ${condition.toString()}`);
}

function knows(cache: NodeCache, name: string): boolean {
  return cache.get(name) !== undefined;
}

function deletionsOf({ changes }: Followed, name: string): number {
  return changes.filter((change) => change.kind === 'deleted' && change.before.name === name)
    .length;
}

function isWatch({ url }: Seen): boolean {
  return url.searchParams.get('watch') === 'true';
}

const expired = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 };

describe('following', () => {
  it('lists in pages, then hears of each change once', async () => {
    const { kube, proxy } = await behindHttpProxy();
    const followed = await follow(kube, { pageSize: 2 });
    const { cache, changes } = followed;
    expect(changes.map((change) => change.kind)).toEqual(cache.list().map(() => 'added'));
    expect(proxy.seen.filter(({ url }) => url.searchParams.has('continue'))).not.toEqual([]);
    const name = await addNode();
    await until(() => knows(cache, name));
    await stack().setCondition(name, { type: 'KernelDeadlock', status: 'True' });
    const deadlocked = (): boolean =>
      cache
        .get(name)
        ?.conditions.some(({ type, status }) => type === 'KernelDeadlock' && status === 'True') ===
      true;
    await until(deadlocked);
    await removeNode(name);
    await until(() => !knows(cache, name));
    expect(deletionsOf(followed, name)).toBe(1);
    expect(cache.counters()).toMatchObject({ lists: 1, gone: 0, stalled: 0 });
    expect(cache.stalenessMs()).toBeLessThan(8_000);
    expect(cache.syncedAt()).toBeLessThanOrEqual(cache.lastHeardAt() ?? 0);
  });

  it('is as old as what was applied: no page of a list and no opened watch makes it fresh', async () => {
    const { kube, proxy } = await behindHttpProxy();
    proxy.befall(({ url }) => (url.searchParams.has('continue') ? { kind: 'stall' } : undefined));
    const ended = new AbortController();
    const cache = nodeCache(kube, { signal: ended.signal, timing: { ...timing, pageSize: 1 } });
    onTestFinished(async () => {
      ended.abort();
      await cache.done;
      await kube.close();
    });
    await until(() => proxy.seen.some(({ url }) => url.searchParams.has('continue')));
    expect(cache.lastHeardAt()).toBeDefined();
    expect(cache.stalenessMs()).toBe(Number.POSITIVE_INFINITY);
    const opened = { kind: 'answer', status: 200, body: '' } as const;
    proxy.befall(({ url }) => (url.searchParams.has('watch') ? opened : undefined));
    proxy.reset();
    await cache.synced;
    const before = cache.stalenessMs();
    expect(before).toBeLessThan(8_000);
    const { watches } = cache.counters();
    await until(() => cache.counters().watches > watches + 2);
    expect(cache.stalenessMs()).toBeGreaterThan(before);
  });

  it('outlives a listener that throws', async () => {
    const { kube } = await behindProxy();
    const { cache, problems } = await follow(kube);
    cache.onChange(() => {
      throw new Error('broken listener');
    });
    const name = await addNode();
    await until(() => knows(cache, name));
    await removeNode(name);
    await until(() => !knows(cache, name));
    expect(problems[0]).toMatchObject({ what: 'listener-threw', message: 'broken listener' });
    expect(cache.counters().listenerErrors).toBeGreaterThan(1);
  });
});

describe('a break', () => {
  it('by reset is followed by a resumption, without another list or old news', async () => {
    const { kube, proxy } = await behindProxy();
    const followed = await follow(kube);
    const { cache } = followed;
    const passing = await addNode();
    await until(() => knows(cache, passing));
    await removeNode(passing);
    await until(() => !knows(cache, passing));
    const name = await addNode();
    await until(() => knows(cache, name));
    proxy.reset();
    await removeNode(name);
    await until(() => !knows(cache, name));
    expect(deletionsOf(followed, name)).toBe(1);
    expect(deletionsOf(followed, passing)).toBe(1);
    expect(cache.counters().lists).toBe(1);
    expect(cache.counters().watches).toBeGreaterThan(1);
  });

  it('for a while hides nothing that happened meanwhile', async () => {
    const { kube, proxy } = await behindProxy();
    const { cache, problems } = await follow(kube);
    const name = await addNode();
    await until(() => knows(cache, name));
    await proxy.cut();
    await until(() => problems.length > 2);
    await removeNode(name);
    const newcomer = await addNode();
    expect(knows(cache, name)).toBe(true);
    expect(cache.stalenessMs()).toBeGreaterThan(0);
    await proxy.restore();
    await until(() => !knows(cache, name) && knows(cache, newcomer));
    expect(cache.counters().lists).toBe(1);
  });

  it('by silence is noticed, and what was missed is heard', async () => {
    const { kube, proxy } = await behindProxy();
    const { cache, problems } = await follow(kube, { idleMs: 400 });
    const name = await addNode();
    await until(() => knows(cache, name));
    proxy.stall('open');
    await removeNode(name);
    await until(() => !knows(cache, name));
    expect(cache.counters().stalled).toBeGreaterThan(0);
    expect(problems.map(({ what }) => what)).toContain('stalled');
  });
});

describe('a place that the server has forgotten', () => {
  const rejected = { kind: 'answer', status: 410, body: expired } as const;
  const inStream = {
    kind: 'answer',
    status: 200,
    body: `${JSON.stringify({ type: 'ERROR', object: expired })}\n`,
  } as const;

  it.each([
    ['in the answer', rejected],
    ['in the stream', inStream],
  ])('said %s leads to a list that finds the deletions', async (_, fault) => {
    const { kube, proxy } = await behindHttpProxy();
    proxy.befall((seen) => (isWatch(seen) ? { kind: 'reset' } : undefined));
    const name = await addNode();
    const followed = await follow(kube);
    const { cache } = followed;
    expect(knows(cache, name)).toBe(true);
    await removeNode(name);
    let faults = 0;
    proxy.befall((seen) => (isWatch(seen) && (faults += 1) === 1 ? fault : undefined));
    await until(() => !knows(cache, name) && cache.counters().gone > 0);
    expect(cache.counters()).toMatchObject({ gone: 1, lists: 2 });
    expect(deletionsOf(followed, name)).toBe(1);
  });

  it('in the middle of a list never makes a shorter list', async () => {
    const { kube, proxy } = await behindHttpProxy();
    let pages = 0;
    proxy.befall(({ url }) => {
      if (!url.searchParams.has('continue') || (pages += 1) > 3) return undefined;
      return { kind: 'answer', status: 410, body: expired };
    });
    const { cache, problems } = await follow(kube, { pageSize: 1 });
    const listed = (await stack().api().get('/api/v1/nodes')).body as { items: unknown[] };
    expect(cache.list()).toHaveLength(listed.items.length);
    expect(problems.filter(({ what }) => what === 'list-refused')).toHaveLength(3);
  });
});

describe('the slow list', () => {
  it('comes by itself and finds what the watch kept quiet about', async () => {
    const { kube, proxy } = await behindHttpProxy();
    proxy.befall((seen) => (isWatch(seen) ? { kind: 'stall' } : undefined));
    const name = await addNode();
    const followed = await follow(kube, { relistMs: 600, idleMs: 200 });
    expect(knows(followed.cache, name)).toBe(true);
    await removeNode(name);
    await until(() => !knows(followed.cache, name));
    expect(deletionsOf(followed, name)).toBe(1);
    expect(followed.cache.counters().lists).toBeGreaterThan(1);
  });

  it('that says nothing, or nonsense, deletes nothing', async () => {
    const { kube, proxy } = await behindHttpProxy();
    const followed = await follow(kube, { relistMs: 100, idleMs: 100 });
    const before = followed.cache.list().length;
    const bodies = [{}, 'garbage', { items: [] }, { kind: 'NodeList', metadata: {}, items: [] }];
    let asked = 0;
    proxy.befall(() => ({ kind: 'answer', status: 200, body: bodies[(asked += 1) % 4] }));
    await until(() => asked > 8);
    expect(followed.cache.list()).toHaveLength(before);
    expect(followed.changes.filter(({ kind }) => kind === 'deleted')).toEqual([]);
  });
});
