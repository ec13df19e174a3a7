/** One attempt of one rung, and what must come before it. What a driver does is in test/contract/drivers. */
import { describe, expect, test } from 'vitest';
import { runRung } from '../../../../activities/repair/runRung.ts';
import type { Step } from '../../../../domain/repair/step.ts';
import { entry, fakeWorld, pod, step } from '../../../support/fakes/ports.ts';
import type { FakeWorld } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { at, firstBoot, policy, repairId, rung, second } from '../../../support/given.ts';
import { isolatedBy } from '../../../support/nodes.ts';
import { sampleNode } from '../../../support/samples.ts';

const never = new AbortController().signal;
const order = { rung: 0, attempt: 1 };

async function ready(): Promise<FakeWorld> {
  const world = await fakeWorld(isolatedBy(repairId));
  const { opening } = step();
  const { node, nodeUid } = opening;
  await world.ports.guard.request({ repairId, node, nodeUid, limits: policy().guard });
  return world;
}

function asked(changes: Partial<Step> = {}): Step {
  return step({ isolated: true, pending: [entry(3), entry(4)], ...changes });
}

describe('given an empty node that is ours', () => {
  test('the attempt is journaled, then made, and what is known of it is told', async () => {
    const { ports, driver, hub } = await ready();
    driver.result((request) => {
      expect(hub.journal.map(({ sequence }) => sequence)).toEqual([3, 4]);
      expect(request.deadlineAt).toBe(at(30));
      return { result: 'done', detail: 'accepted' };
    });
    expect(await runRung(ports, asked(), order, never)).toEqual({
      outcome: {
        kind: 'attempted',
        rung: 0,
        number: 1,
        startedAt: at(0),
        bootIdBefore: firstBoot,
        evidenceAfter: 1,
        result: 'done',
        detail: 'accepted',
      },
      recordedThrough: 4,
    });
    expect(driver.acts).toHaveLength(1);
  });

  test('a machine that could not be asked is not an attempt', async () => {
    const { ports, driver } = await ready();
    driver.result(() => ({ result: 'not-tried', detail: 'busy', retryAfterMs: 5 * second }));
    const { outcome } = await runRung(ports, asked(), order, never);
    expect(outcome).toEqual({
      kind: 'notTried',
      rung: 0,
      number: 1,
      detail: 'busy',
      retryAfterMs: 5 * second,
    });
    driver.result(() => ({ result: 'not-tried', detail: 'busy' }));
    const again = await runRung(ports, asked({ pending: [entry(5)] }), order, never);
    expect(again.outcome).toEqual({ kind: 'notTried', rung: 0, number: 1, detail: 'busy' });
  });

  test('a rung without its driver is rejected', async () => {
    const { ports } = await ready();
    const { outcome } = await runRung({ ...ports, drivers: {} }, asked(), order, never);
    expect(outcome).toMatchObject({
      kind: 'attempted',
      result: 'rejected',
      detail: 'no driver "redfish" is configured',
    });
  });

  test('a rung that the ladder does not have is a defect', async () => {
    const { ports } = await ready();
    const attempt = runRung(ports, asked(), { rung: 2, attempt: 1 }, never);
    await expect(attempt).rejects.toThrow('the ladder has no rung 2');
  });
});

describe('given an attempt that was begun before', () => {
  test('it is not made again: nobody knows what came of it', async () => {
    const { ports, driver } = await ready();
    await runRung(ports, asked(), order, never);
    await expect(runRung(ports, asked(), order, never)).rejects.toThrow(
      'an earlier run of this repair may have made this attempt',
    );
    expect(driver.acts).toHaveLength(1);
  });

  test('a record that no longer names the repair forbids it', async () => {
    const { ports, driver, hub } = await ready();
    const closed = { kind: 'closed', repairId, outcome: 'cancelled', reason: 'held' } as const;
    const late = {
      ...ports.hub,
      beginAttempt: async (...args: Parameters<typeof ports.hub.beginAttempt>) => {
        await hub.port.changeEpisode(sampleNode, { ...closed, isolated: true, at: at(1) });
        return hub.port.beginAttempt(...args);
      },
    };
    const { outcome } = await runRung({ ...ports, hub: late }, asked(), order, never);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'superseded' });
    expect(driver.acts).toEqual([]);
  });

  test('a hub that cannot note it forbids it', async () => {
    const { ports, driver } = await ready();
    const mute = { ...ports.hub, beginAttempt: async () => unreadable('hub-unreadable') };
    const { outcome } = await runRung(
      { ...ports, hub: mute },
      asked({ pending: [] }),
      order,
      never,
    );
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'hub-unreadable' });
    expect(driver.acts).toEqual([]);
  });

  test('a step that rides with no entry counts from the beginning of the journal', async () => {
    const { ports, driver } = await ready();
    const first = await runRung(ports, asked({ pending: [] }), order, never);
    expect(first.recordedThrough).toBe(-1);
    await expect(runRung(ports, asked({ pending: [] }), order, never)).rejects.toThrow('earlier');
    expect(driver.acts).toHaveLength(1);
  });
});

describe('given something that forbids it', () => {
  test('without the journal nothing is tried', async () => {
    const { ports, driver, hub } = await ready();
    hub.cut();
    expect(await runRung(ports, asked(), order, never)).toEqual({
      outcome: {
        kind: 'refused',
        reason: 'journal-unavailable',
        detail: 'the attempt could not be journaled, so it was not made',
      },
      recordedThrough: -1,
    });
    expect(driver.acts).toEqual([]);
  });

  test('a node that is not ours any more is left alone', async () => {
    const { ports, driver, kube } = await ready();
    kube.place({ ...kube.node(sampleNode)!, unschedulable: false });
    const { outcome } = await runRung(ports, asked(), order, never);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'taken-over' });
    expect(driver.acts).toEqual([]);
  });

  test.each(['allNodes', 'listPods'] as const)('what %s cannot read forbids it', async (of) => {
    const { ports, driver, kube } = await ready();
    kube.answer(of, unreadable(of === 'allNodes' ? 'nodes-unreadable' : 'pods-unreadable'));
    const { outcome } = await runRung(ports, asked(), order, never);
    expect(outcome).toMatchObject({ kind: 'refused', detail: 'no answer' });
    expect(driver.acts).toEqual([]);
  });
});

describe('given pods on the node', () => {
  test('they are told, and nothing is tried', async () => {
    const { ports, driver, kube } = await ready();
    kube.bind(pod('web-0'));
    const { ownerKind: _, ...bare } = pod('bare');
    kube.bind(bare);
    const { outcome } = await runRung(ports, asked(), order, never);
    expect(outcome).toEqual({
      kind: 'podsFound',
      left: 2,
      pods: ['default/web-0', 'default/bare'],
    });
    expect(driver.acts).toEqual([]);
  });

  test('pods that stay are told before they are reset with the node', async () => {
    const { ports, driver, kube } = await ready();
    kube.bind(pod('agent-0', { toleratesCordon: true, ownerName: 'agent' }));
    const staying = [
      { pod: 'default/agent-0', owner: 'default/ReplicaSet/agent', why: 'tolerates' as const },
    ];
    const first = await runRung(ports, asked(), order, never);
    expect(first.outcome).toEqual({ kind: 'podsFound', left: 0, pods: [], staying });
    const pods = { ...emptyPods, staying };
    const then = await runRung(ports, asked({ pods, pending: [entry(6)] }), order, never);
    expect(then.outcome).toMatchObject({ kind: 'attempted', result: 'done' });
    expect(driver.acts).toHaveLength(1);
  });

  test('a policy that goes on with them does not look', async () => {
    const { ports, kube } = await ready();
    kube.bind(pod('web-0'));
    const ladder = [rung({ callTimeoutMs: second })];
    const told = asked({ opening: step({ opening: { policy: policy({ ladder }) } }).opening });
    const { outcome } = await runRung(ports, told, { ...order, leavesPods: true }, never);
    expect(outcome).toMatchObject({ kind: 'attempted', result: 'done' });
  });
});

const emptyPods = {
  tagged: true,
  moved: true,
  left: 0,
  blockers: [],
  passes: 0,
  askAgainAt: 0,
  staying: [],
  latecomers: [],
};
