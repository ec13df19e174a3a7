/** That every change reaches the hub, in order, whatever the hub does. Which changes count is in test/unit/domain. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { conditionRules } from '../../../../domain/conditions/policy.ts';
import { memoriesOf } from '../../../../domain/conditions/memory.ts';
import type { FaultEvent } from '../../../../domain/fault.ts';
import type { ConditionStatus, NodeFacts } from '../../../../domain/node.ts';
import { waitFor } from '../../../../embedded/waitFor.ts';
import type { CacheChange } from '../../../../kube/index.ts';
import { startNodeConditions } from '../../../../probes/active/nodeConditions.ts';

function node(name: string, ready: ConditionStatus, other: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    uid: `uid-${name}`,
    resourceVersion: '10',
    bootId: 'b1',
    systemUuid: 's1',
    unschedulable: false,
    ready,
    conditions: [{ type: 'Ready', status: ready, reason: 'R', message: 'M' }],
    marks: {},
    taints: [],
    controlPlane: false,
    deleting: false,
    ...other,
  };
}

/** A hub in memory that can be made to fail; the real one is in test/int/probes. */
function memoryHub(stored: FaultEvent[] = []) {
  return {
    stored,
    up: true,
    tried: 0,
    async publish(event: FaultEvent): Promise<void> {
      this.tried += 1;
      await Promise.resolve();
      if (!this.up) throw new Error('the hub is down');
      this.stored.push(event);
    },
  };
}

function start(
  hub: ReturnType<typeof memoryHub>,
  lastReports: () => Promise<FaultEvent[]> = async () => [...hub.stored],
) {
  const ended = new AbortController();
  const listeners = new Set<(change: CacheChange<NodeFacts>) => void>();
  const problems: string[] = [];
  const probe = startNodeConditions({
    cluster: 'c1',
    nodes: {
      synced: Promise.resolve(),
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    rules: conditionRules,
    memories: async () => {
      const reports = (await lastReports()).map((event, n) => storedFault(event, n + 1));
      return memoriesOf('node-conditions', [], reports);
    },
    eventId: (event) => [event.node, event.check, event.verdict, event.counter].join('/'),
    publish: (event) => hub.publish(event),
    clock: () => 77,
    signal: ended.signal,
    onProblem: (problem) => problems.push(problem),
    pace: { firstMs: 1, longestMs: 4 },
  });
  const tell = (change: CacheChange<NodeFacts>): void =>
    listeners.forEach((listener) => listener(change));
  onTestFinished(() => ended.abort());
  return {
    probe,
    problems,
    listeners,
    end: () => ended.abort(),
    see: (after: NodeFacts) => tell({ kind: 'added', after }),
    lose: (before: NodeFacts) => tell({ kind: 'deleted', before }),
  };
}

function storedFault(event: FaultEvent, sequence: number) {
  return { event, sequence, storedAt: 0 };
}

function ids(hub: { stored: readonly FaultEvent[] }): string[] {
  return hub.stored.map(({ id }) => id);
}

describe('the probe', () => {
  it('publishes a whole event', async () => {
    const hub = memoryHub();
    const { probe, see } = start(hub);
    await probe.started;
    see(node('n1', 'False'));
    await probe.settled();
    expect(hub.stored).toEqual([
      {
        id: 'n1/Ready/faulty/10',
        cluster: 'c1',
        node: 'n1',
        nodeUid: 'uid-n1',
        bootId: 'b1',
        check: 'Ready',
        verdict: 'faulty',
        reason: 'R',
        message: 'M',
        observedAt: 77,
        observer: 'node-conditions',
        counter: 10,
      },
    ]);
  });

  it('says nothing again after a restart, and only what changed meanwhile', async () => {
    const hub = memoryHub();
    const first = start(hub);
    await first.probe.started;
    first.see(node('n1', 'False'));
    first.see(node('n2', 'False'));
    first.see(node('n3', 'True'));
    await first.probe.settled();
    first.end();
    expect(first.listeners.size).toBe(0);
    expect(ids(hub)).toEqual(['n1/Ready/faulty/10', 'n2/Ready/faulty/10']);
    const second = start(hub);
    await second.probe.started;
    second.see(node('n1', 'False', { resourceVersion: '20' }));
    second.see(node('n2', 'True', { resourceVersion: '21' }));
    second.see(node('n3', 'False', { resourceVersion: '22' }));
    await second.probe.settled();
    expect(ids(hub).slice(2).toSorted()).toEqual(['n2/Ready/healthy/21', 'n3/Ready/faulty/22']);
  });

  it('does not start before the hub has told what was reported', async () => {
    const hub = memoryHub();
    let asked = 0;
    const { probe, problems, listeners } = start(hub, async () => {
      asked += 1;
      expect(listeners.size).toBe(0);
      if (asked < 4) throw new Error('not yet');
      return [];
    });
    await probe.started;
    expect(asked).toBe(4);
    expect(problems).toHaveLength(3);
    expect(listeners.size).toBe(1);
  });

  it('loses nothing while the hub is down and sends the newest of each check', async () => {
    const hub = memoryHub();
    const { probe, see, problems } = start(hub);
    await probe.started;
    hub.up = false;
    see(node('n1', 'False'));
    see(node('n2', 'False'));
    see(node('n1', 'True', { resourceVersion: '11' }));
    see(node('n1', 'False', { resourceVersion: '12' }));
    see(node('n1', 'True', { resourceVersion: '13' }));
    await waitFor(() => (hub.tried > 6 ? true : undefined), { deadlineMs: 2_000 });
    expect(probe.pending()).toBe(2);
    expect(problems[0]).toMatch(/^A report on n1 \(Ready\) was not stored/);
    hub.up = true;
    await probe.settled();
    expect(probe.pending()).toBe(0);
    expect(ids(hub).toSorted()).toEqual(['n1/Ready/healthy/13', 'n2/Ready/faulty/10']);
  });

  it('keeps the order of a node, and a report made while an older one is on its way', async () => {
    const hub = memoryHub();
    const { probe, see } = start(hub);
    await probe.started;
    see(node('n1', 'False'));
    see(node('n1', 'True', { resourceVersion: '11' }));
    await probe.settled();
    see(node('n1', 'False', { resourceVersion: '12' }));
    await probe.settled();
    expect(ids(hub).at(-1)).toBe('n1/Ready/faulty/12');
    expect(ids(hub)).toContain('n1/Ready/healthy/11');
  });

  it('lets one report that the hub refuses hold up no other node', async () => {
    const hub = memoryHub();
    const { probe, see, problems } = start({
      ...hub,
      publish: async (event) => {
        if (event.node === 'poison') throw new Error('refused');
        await hub.publish(event);
      },
    });
    await probe.started;
    see(node('poison', 'False'));
    see(node('n1', 'False'));
    await waitFor(() => (problems.length > 2 && hub.stored.length > 0) || undefined, {
      deadlineMs: 2_000,
    });
    expect(ids(hub)).toEqual(['n1/Ready/faulty/10']);
    expect(probe.pending()).toBe(1);
  });

  it('forgets a deleted node, and knows nothing of its successor', async () => {
    const hub = memoryHub();
    const { probe, see, lose } = start(hub);
    await probe.started;
    see(node('n1', 'False'));
    await probe.settled();
    lose(node('n1', 'False'));
    see(node('n1', 'True', { uid: 'uid-next', resourceVersion: '30' }));
    await probe.settled();
    expect(ids(hub)).toEqual(['n1/Ready/faulty/10']);
    see(node('n1', 'False', { uid: 'uid-next', resourceVersion: '31' }));
    await probe.settled();
    expect(hub.stored.at(-1)).toMatchObject({ nodeUid: 'uid-next', verdict: 'faulty' });
  });

  it('takes reports of an earlier node of the same name for another node’s', async () => {
    const old = {
      id: 'x',
      cluster: 'c1',
      node: 'n1',
      nodeUid: 'uid-old',
      bootId: 'b0',
      check: 'KernelDeadlock',
      verdict: 'faulty',
      reason: '',
      message: '',
      observedAt: 1,
      observer: 'node-conditions',
      counter: 1,
    } as const;
    const hub = memoryHub([
      old,
      {
        ...old,
        id: 'y',
        nodeUid: 'uid-n1',
        check: 'Ready',
        bootId: 'b1',
        verdict: 'healthy',
        observedAt: 2,
      },
    ]);
    const { probe, see } = start(hub);
    await probe.started;
    see(node('n1', 'True'));
    await probe.settled();
    expect(hub.stored).toHaveLength(2);
  });
});
