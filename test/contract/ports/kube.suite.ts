/** What activities may rely on of the API server, the real one and the one in memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubePort, Read } from '../../../activities/ports.ts';
import { isIsolatedBy, isolationMark } from '../../../domain/marks.ts';
import type { NodeFacts, PodFacts } from '../../../domain/node.ts';
import { fieldManagers, marks } from '../../../domain/vocabulary/marks.ts';

export type KubeWorld = {
  readonly port: KubePort;
  /** A new node that nobody else changes. */
  readonly newNode: () => Promise<NodeFacts>;
  readonly removeNode: (name: string) => Promise<void>;
  /** A new running pod on this node. */
  readonly newPod: (node: string) => Promise<PodFacts>;
  readonly removePod: (pod: PodFacts) => Promise<void>;
  /** Puts another pod of the same name in the place of this one. */
  readonly replacePod: (pod: PodFacts) => Promise<PodFacts>;
  /** A person's annotation on a node. */
  readonly annotate: (node: string, key: string, value: string) => Promise<void>;
  readonly pause: (isPaused: boolean) => Promise<void>;
  readonly remove: () => Promise<void>;
};

const mark = { repair: 'r-1', at: 1_000 };

export function describeKubePort(name: string, makeWorld: () => Promise<KubeWorld>): void {
  describe(`the API server ${name}`, () => {
    let world: KubeWorld;
    let port: KubePort;
    beforeAll(async () => {
      world = await makeWorld();
      ({ port } = world);
    });
    afterAll(async () => {
      await world.remove();
    });
    const fresh = async (node: NodeFacts): Promise<NodeFacts> =>
      valueOf(await port.readNode(node.name))!;
    const podOf = async (pod: PodFacts): Promise<PodFacts | undefined> =>
      valueOf(await port.listPods(pod.node)).find(({ uid }) => uid === pod.uid);

    /** Looks again after each conflict, as activities do: controllers write to real nodes too. */
    async function insist(
      node: NodeFacts,
      write: (facts: NodeFacts) => ReturnType<KubePort['isolate']>,
    ): Promise<string> {
      for (;;) {
        const { kind } = await write(await fresh(node));
        if (kind !== 'conflict') return kind;
      }
    }

    it('reads a node, and says of one that is not there that it is not', async () => {
      const node = await world.newNode();
      expect(await fresh(node)).toMatchObject({ name: node.name, uid: node.uid });
      expect(await port.readNode('no-such-node')).toEqual({ ok: true, value: undefined });
      expect(valueOf(await port.allNodes()).map((one) => one.uid)).toContain(node.uid);
      await expect.poll(() => port.cachedNode(node.name)?.uid).toBe(node.uid);
    });

    it('isolates with mark and cordon of ours, and gives the node back without either', async () => {
      const node = await world.newNode();
      expect(await insist(node, (facts) => port.isolate(facts, mark))).toBe('done');
      const isolated = await fresh(node);
      expect(isIsolatedBy(isolated, mark.repair)).toBe(true);
      expect(isolated.unschedulableOwner).toBe(fieldManagers.isolation);
      expect(isolated.isolatedAt).toEqual(expect.any(Number));
      expect(isolationMark(isolated)).toEqual(mark);
      expect(await insist(node, port.uncordon)).toBe('done');
      const back = await fresh(node);
      expect(back.unschedulable).toBe(false);
      expect(back.marks).toEqual({});
      expect(back).not.toHaveProperty('unschedulableOwner');
      expect(back).not.toHaveProperty('isolatedAt');
    });

    it('writes and removes annotations and nothing else', async () => {
      const node = await world.newNode();
      const isolation = JSON.stringify(mark);
      const set = { [marks.isolation]: isolation, [marks.handedOver]: 'note' };
      expect(await insist(node, (facts) => port.annotate(facts, set))).toBe('done');
      const marked = await fresh(node);
      expect(marked.marks).toEqual(set);
      expect(marked.unschedulable).toBe(false);
      const unset = { [marks.isolation]: null };
      expect(await insist(node, (facts) => port.annotate(facts, unset))).toBe('done');
      expect((await fresh(node)).marks).toEqual({ [marks.handedOver]: 'note' });
    });

    it('refuses every write on what was seen before somebody else wrote', async () => {
      const stale = await world.newNode();
      await world.annotate(stale.name, marks.hold, 'mine');
      const before = await fresh(stale);
      expect(await port.isolate(stale, mark)).toEqual({ kind: 'conflict' });
      expect(await port.uncordon(stale)).toEqual({ kind: 'conflict' });
      expect(await port.annotate(stale, { [marks.handedOver]: 'x' })).toEqual({
        kind: 'conflict',
      });
      expect((await fresh(stale)).marks).toEqual(before.marks);
      expect((await fresh(stale)).unschedulable).toBe(false);
    });

    it('says that a node is gone, and spares another one of its name', async () => {
      const node = await world.newNode();
      const other = await insist(node, (facts) => port.isolate({ ...facts, uid: 'other' }, mark));
      expect(other).toBe('failed');
      expect((await fresh(node)).unschedulable).toBe(false);
      await world.removeNode(node.name);
      expect(await port.isolate(node, mark)).toEqual({ kind: 'gone' });
      expect(await port.uncordon(node)).toEqual({ kind: 'gone' });
    });

    it('lists the pods of one node', async () => {
      const [here, there] = [await world.newNode(), await world.newNode()];
      const pod = await world.newPod(here.name);
      await world.newPod(there.name);
      expect(valueOf(await port.listPods(here.name)).map(({ uid }) => uid)).toEqual([pod.uid]);
      expect(await port.listPods('no-such-node')).toEqual({ ok: true, value: [] });
      await expect.poll(() => port.podsOn(here.name).map(({ uid }) => uid)).toEqual([pod.uid]);
    });

    it('labels a pod and takes the label off, and is done with one that is gone', async () => {
      const pod = await world.newPod((await world.newNode()).name);
      expect(await port.tagPod(pod, 'r-1')).toEqual({ kind: 'done' });
      expect((await podOf(pod))?.repair).toBe('r-1');
      expect(await port.untagPod(pod)).toEqual({ kind: 'done' });
      expect(await podOf(pod)).not.toHaveProperty('repair');
      const next = await world.replacePod(pod);
      expect(await port.tagPod(pod, 'r-1')).toEqual({ kind: 'done' });
      expect(await podOf(next)).not.toHaveProperty('repair');
      await world.removePod(next);
      expect(await port.untagPod(next)).toEqual({ kind: 'done' });
    });

    it('evicts a pod once, and spares another one of its name', async () => {
      const pod = await world.newPod((await world.newNode()).name);
      const next = await world.replacePod(pod);
      expect(await port.evict(pod)).toEqual({ kind: 'gone' });
      expect(await podOf(next)).toMatchObject({ deleting: false });
      expect(await port.evict(next)).toEqual({ kind: 'accepted' });
      await expect.poll(() => podOf(next), { timeout: 10_000 }).toBeUndefined();
      expect(await port.evict(next)).toEqual({ kind: 'gone' });
    });

    it('knows whether Slipway is paused', async () => {
      expect(await port.isPaused()).toEqual({ ok: true, value: false });
      await world.pause(true);
      expect(await port.isPaused()).toEqual({ ok: true, value: true });
      await world.pause(false);
      expect(await port.isPaused()).toEqual({ ok: true, value: false });
    });
  });
}

function valueOf<T>(read: Read<T>): T {
  if (!read.ok) throw new Error(read.why);
  return read.value;
}
