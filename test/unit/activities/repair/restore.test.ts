/** How a node is given back, kept or left. What a look allows is in test/unit/domain/repair. */
import { describe, expect, test } from 'vitest';
import { restore } from '../../../../activities/repair/restore.ts';
import { isolationMark } from '../../../../domain/marks.ts';
import type { CheckReport, Ending } from '../../../../domain/repair/types.ts';
import { marks } from '../../../../domain/vocabulary/marks.ts';
import { fakeWorld, openRecord, pod, step } from '../../../support/fakes/ports.ts';
import type { FakeWorld } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { at, fault, repairId, report } from '../../../support/given.ts';
import { isolatedBy, nodeFacts } from '../../../support/nodes.ts';
import { faultEvent, sampleNode } from '../../../support/samples.ts';

const repaired: Ending = { outcome: 'repaired', reason: 'healed', node: 'return' };
const cancelled: Ending = { outcome: 'cancelled', reason: 'cancel-requested', node: 'return' };
const escalated: Ending = { outcome: 'escalated', reason: 'ladder-exhausted', node: 'keep' };
const left: Ending = { outcome: 'taken-over', reason: 'taken-over', node: 'leave' };

async function isolatedWorld(node = isolatedBy(repairId)): Promise<FakeWorld> {
  return fakeWorld(node);
}

/** The newest report says so. */
function says(world: FakeWorld, verdict: CheckReport['verdict']): void {
  const { counter, sequence } = report({ sequence: 2 });
  const event = faultEvent({ verdict, counter });
  world.hub.report({ event, sequence, storedAt: at(1) });
}

const asked = step({ isolated: true });

describe('given a node that is well', () => {
  test('our cordon and our mark are taken off, and our labels', async () => {
    const world = await isolatedWorld();
    says(world, 'healthy');
    world.kube.bind(pod('web-0', { repair: repairId }));
    world.kube.bind(pod('web-1', { repair: 'r-other' }));
    expect(await restore(world.ports, asked, repaired)).toEqual({
      kind: 'restored',
      node: 'returned',
    });
    expect(world.kube.node(sampleNode)).toMatchObject({ unschedulable: false, marks: {} });
    expect(world.kube.pods(sampleNode).map(({ repair }) => repair)).toEqual([undefined, 'r-other']);
  });

  test('a cordon that was there before stays', async () => {
    const mark = JSON.stringify({ repair: repairId, at: 1, foundCordoned: true });
    const found = nodeFacts({
      unschedulable: true,
      unschedulableOwner: 'kubectl-cordon',
      marks: { [marks.isolation]: mark },
    });
    const world = await isolatedWorld(found);
    says(world, 'healthy');
    await restore(world.ports, asked, { ...repaired, outcome: 'recovered' });
    expect(world.kube.node(sampleNode)).toMatchObject({ unschedulable: true, marks: {} });
  });

  test('an earlier try that gave it back counts', async () => {
    const world = await isolatedWorld(nodeFacts());
    says(world, 'healthy');
    expect(await restore(world.ports, asked, repaired)).toEqual({
      kind: 'restored',
      node: 'returned',
    });
  });

  test('labels that cannot be taken off are told, and hold nothing up', async () => {
    const world = await isolatedWorld();
    says(world, 'healthy');
    world.kube.bind(pod('web-0', { repair: repairId }));
    world.kube.answer('untagPod', { kind: 'failed', why: 'refused' });
    expect(await restore(world.ports, asked, repaired)).toEqual({
      kind: 'restored',
      node: 'returned',
      untagged: [{ pod: 'default/web-0', why: 'refused' }],
    });
  });

  test('pods that cannot be listed are taken from the cache, and that is told', async () => {
    const world = await isolatedWorld();
    says(world, 'healthy');
    world.kube.bind(pod('web-0', { repair: repairId }));
    world.kube.answer('listPods', unreadable('pods-unreadable'));
    expect(await restore(world.ports, asked, repaired)).toMatchObject({
      untagged: [{ pod: `pods of ${sampleNode}`, why: 'no answer' }],
    });
    expect(world.kube.pods(sampleNode)[0]?.repair).toBeUndefined();
  });
});

describe('given a node that is not', () => {
  test('a repair that ended well does not return it', async () => {
    const world = await isolatedWorld();
    says(world, 'faulty');
    expect(await restore(world.ports, asked, repaired)).toMatchObject({
      kind: 'refused',
      reason: 'still-faulty',
    });
    expect(world.kube.node(sampleNode)?.unschedulable).toBe(true);
  });

  test('a cancel returns it as it was found', async () => {
    const world = await isolatedWorld();
    says(world, 'faulty');
    expect(await restore(world.ports, asked, cancelled)).toMatchObject({ node: 'returned' });
  });

  test('an escalation keeps it, with how it ended on the mark', async () => {
    const world = await isolatedWorld();
    expect(await restore(world.ports, asked, escalated)).toEqual({
      kind: 'restored',
      node: 'kept',
      reason: 'ladder-exhausted',
    });
    expect(isolationMark(world.kube.node(sampleNode)!)).toEqual({
      repair: repairId,
      at: 1,
      outcome: 'escalated',
    });
  });

  test('a node that is not ours is not kept', async () => {
    const world = await isolatedWorld(nodeFacts());
    expect(await restore(world.ports, asked, escalated)).toMatchObject({
      kind: 'refused',
      reason: 'taken-over',
    });
  });
});

describe('given a node that is a person’s', () => {
  test('our mark becomes a note', async () => {
    const world = await isolatedWorld();
    expect(await restore(world.ports, asked, left)).toEqual({
      kind: 'restored',
      node: 'left',
      reason: 'taken-over',
    });
    const node = world.kube.node(sampleNode)!;
    expect(node.unschedulable).toBe(true);
    expect(JSON.parse(node.marks[marks.handedOver]!)).toEqual({
      repair: repairId,
      outcome: 'taken-over',
      at: world.ports.clock(),
    });
    expect(isolationMark(node)).toBeUndefined();
  });

  test('a node without our mark is not written', async () => {
    const world = await isolatedWorld(nodeFacts());
    await restore(world.ports, asked, left);
    expect(world.kube.node(sampleNode)).toEqual(nodeFacts());
  });

  test('one that cannot be read is asked again', async () => {
    const world = await isolatedWorld();
    world.kube.answer('readNode', unreadable('node-unreadable'));
    expect(await restore(world.ports, asked, left)).toMatchObject({ reason: 'node-unreadable' });
  });

  test.each(['replaced', 'deleted', 'superseded'] as const)(
    'one that is %s is not touched, nor are its pods',
    async (reason) => {
      const world = await isolatedWorld();
      world.kube.bind(pod('web-0', { repair: repairId }));
      const ending: Ending = { outcome: 'cancelled', reason, node: 'leave' };
      expect(await restore(world.ports, asked, ending)).toEqual({
        kind: 'restored',
        node: 'left',
        reason,
      });
      expect(world.kube.node(sampleNode)).toEqual(isolatedBy(repairId));
      expect(world.kube.pods(sampleNode)[0]?.repair).toBe(repairId);
    },
  );
});

describe('given a write that fails', () => {
  test.each([
    [{ kind: 'conflict' } as const, 'the node changed meanwhile; looking again'],
    [{ kind: 'failed', why: 'no' } as const, 'no'],
    [{ kind: 'lost', why: 'no answer' } as const, 'no answer'],
  ])('%o is tried again', async (answer, why) => {
    const world = await isolatedWorld();
    says(world, 'healthy');
    world.kube.answer('uncordon', answer);
    await expect(restore(world.ports, asked, repaired)).rejects.toThrow(why);
  });

  test('and finds the node unreadable afterwards, it says what it saw', async () => {
    const world = await isolatedWorld();
    world.kube.answer('readNode', unreadable('node-unreadable'));
    expect(await restore(world.ports, asked, repaired)).toMatchObject({
      reason: 'node-unreadable',
    });
  });
});

test('the record in these tests names the repair as open', () => {
  expect(openRecord()).toMatchObject({ nodeUid: fault.nodeUid, episode: { repairId } });
});
