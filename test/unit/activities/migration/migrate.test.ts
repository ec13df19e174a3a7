/** How pods are moved off a node, pass by pass. Which pods move is in test/unit/domain/repair/sorting.test.ts. */
import { describe, expect, test } from 'vitest';
import { migrate } from '../../../../activities/migration/migrate.ts';
import type { Pulse } from '../../../../activities/migration/migrate.ts';
import { tagPods } from '../../../../activities/migration/tagPods.ts';
import type { Evicted } from '../../../../activities/ports.ts';
import type { Step } from '../../../../domain/repair/step.ts';
import { marks } from '../../../../domain/vocabulary/marks.ts';
import { fakeWorld, pod, step } from '../../../support/fakes/ports.ts';
import type { FakeWorld } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { policy, repairId } from '../../../support/given.ts';
import { isolatedBy } from '../../../support/nodes.ts';
import { sampleNode } from '../../../support/samples.ts';

async function isolatedWorld(...names: string[]): Promise<FakeWorld> {
  const world = await fakeWorld(isolatedBy(repairId, { isolatedAt: 1_000 }));
  const { node, nodeUid } = step().opening;
  await world.ports.guard.request({ repairId, node, nodeUid, limits: policy().guard });
  for (const name of names) world.kube.bind(pod(name));
  return world;
}

/** Time passes only while the pass sleeps. */
function pulse({ pass }: FakeWorld, told: unknown[] = [], during = () => {}): Pulse {
  return {
    tell: (news) => void told.push(news),
    signal: new AbortController().signal,
    sleep: async (ms) => {
      pass(ms);
      during();
    },
  };
}

const asked = step({ isolated: true });

function remembering(pods: Partial<NonNullable<Step['pods']>>): Step {
  const none = { tagged: true, moved: false, left: 0, blockers: [], passes: 0, askAgainAt: 0 };
  return { ...asked, pods: { ...none, staying: [], latecomers: [], ...pods } };
}

const blocked: Evicted = {
  kind: 'refused',
  why: 'blocked-by-budget',
  detail: 'no disruption allowed',
  budgets: ['web'],
};

describe('given pods that may go', () => {
  test('each is evicted, and the pass ends when a list shows none', async () => {
    const world = await isolatedWorld('web-0', 'web-1');
    expect(await migrate(world.ports, asked, pulse(world))).toEqual({ kind: 'podsMoved' });
    expect(world.kube.evictions()).toEqual(['default/web-0', 'default/web-1']);
  });

  test('an empty node is done at once', async () => {
    const world = await isolatedWorld();
    expect(await migrate(world.ports, asked, pulse(world))).toEqual({ kind: 'podsMoved' });
  });

  test('one that leaves slowly is waited for, named, and not asked twice', async () => {
    const world = await isolatedWorld('web-0');
    let asks = 0;
    world.kube.before('evict', () => (asks += 1));
    world.kube.answer('evict', { kind: 'accepted' });
    const told: unknown[] = [];
    expect(await migrate(world.ports, asked, pulse(world, told))).toEqual({
      kind: 'podsLeft',
      left: 1,
      blockers: [{ pod: 'default/web-0', why: 'terminating' }],
    });
    expect(asks).toBe(1);
    expect(told.at(-1)).toMatchObject({ left: 1 });
  });

  test('one that is being deleted is waited for and not evicted', async () => {
    const world = await isolatedWorld();
    world.kube.bind(pod('web-0', { deleting: true }));
    expect(await migrate(world.ports, asked, pulse(world))).toMatchObject({
      kind: 'podsLeft',
      blockers: [{ pod: 'default/web-0', why: 'terminating' }],
    });
    expect(world.kube.evictions()).toEqual([]);
  });

  test('progress keeps the pass going', async () => {
    const world = await isolatedWorld('web-0', 'web-1', 'web-2');
    world.kube.answer('evict', { kind: 'accepted' });
    let sleeps = 0;
    const leaving = (): void => {
      sleeps += 1;
      if (sleeps % 6 === 0) world.kube.removePod(pod(`web-${sleeps / 6 - 1}`));
    };
    expect(await migrate(world.ports, asked, pulse(world, [], leaving))).toEqual({
      kind: 'podsMoved',
    });
    expect(sleeps).toBe(18);
  });
});

describe('given pods that may not go', () => {
  test('a budget is named with its pods', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.answer('evict', blocked);
    expect(await migrate(world.ports, asked, pulse(world))).toEqual({
      kind: 'podsLeft',
      left: 1,
      blockers: [
        {
          pod: 'default/web-0',
          why: 'blocked-by-budget',
          detail: 'no disruption allowed',
          budgets: ['web'],
        },
      ],
    });
  });

  test('a server that asks for time gets it', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.answer('evict', { ...blocked, retryAfterMs: 60_000 });
    expect(await migrate(world.ports, asked, pulse(world))).toMatchObject({
      blockers: [{ retryAt: step().opening.openedAt + 60_000 }],
    });
  });

  test('one that was refused in an earlier pass rests, and is named as before', async () => {
    const world = await isolatedWorld('web-0');
    const blockers = [{ pod: 'default/web-0', why: 'blocked-by-budget' as const }];
    const resting = remembering({ blockers, askAgainAt: world.ports.clock() + 60_000 });
    expect(await migrate(world.ports, resting, pulse(world))).toMatchObject({
      kind: 'podsLeft',
      blockers,
    });
    expect(world.kube.evictions()).toEqual([]);
    const rested = remembering({ blockers, askAgainAt: world.ports.clock() });
    expect(await migrate(world.ports, rested, pulse(world))).toEqual({ kind: 'podsMoved' });
  });

  test('what the policy keeps is left, with why', async () => {
    const world = await isolatedWorld();
    const { ownerKind: _, ...bare } = pod('bare');
    world.kube.bind(bare);
    world.kube.bind(pod('safe', { protectedBy: 'karpenter.sh/do-not-disrupt' }));
    expect(await migrate(world.ports, asked, pulse(world))).toMatchObject({
      left: 2,
      blockers: [
        { pod: 'default/bare', why: 'no-controller' },
        { pod: 'default/safe', why: 'do-not-disrupt', detail: 'karpenter.sh/do-not-disrupt' },
      ],
    });
    expect(world.kube.evictions()).toEqual([]);
  });
});

describe('given pods that come back', () => {
  test('they stay once their owner has shown it, and both are told', async () => {
    const world = await isolatedWorld();
    const late = pod('late-0', { createdAt: 2_000, ownerName: 'late' });
    world.kube.bind(late);
    const back = (): void =>
      world.kube.bind(pod('late-1', { createdAt: 3_000, ownerName: 'late' }));
    expect(await migrate(world.ports, asked, pulse(world, [], back))).toEqual({
      kind: 'podsMoved',
      staying: [{ pod: 'default/late-1', owner: 'default/ReplicaSet/late', why: 'came-back' }],
      latecomers: ['default/ReplicaSet/late'],
    });
  });
});

describe('given a look that forbids it', () => {
  test('nothing is evicted', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.pause(true);
    expect(await migrate(world.ports, asked, pulse(world))).toMatchObject({ reason: 'paused' });
    expect(world.kube.evictions()).toEqual([]);
  });

  test('pods that cannot be listed are told', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.answer('listPods', unreadable('pods-unreadable'));
    expect(await migrate(world.ports, asked, pulse(world))).toMatchObject({
      reason: 'pods-unreadable',
    });
  });

  test('a hold between two evictions ends the pass', async () => {
    const world = await isolatedWorld('web-0', 'web-1');
    const held = { ...isolatedBy(repairId).marks, [marks.hold]: 'mine' };
    world.kube.before('evict', () =>
      world.kube.place(isolatedBy(repairId, { isolatedAt: 1_000, marks: held })),
    );
    expect(await migrate(world.ports, asked, pulse(world))).toMatchObject({
      kind: 'refused',
      reason: 'held',
    });
    expect(world.kube.evictions()).toEqual(['default/web-0']);
  });

  test('a cache that does not know the node is not believed', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.blind();
    expect(await migrate(world.ports, asked, pulse(world))).toEqual({ kind: 'podsMoved' });
  });

  test('a look that is too old is taken again before the next eviction', async () => {
    const world = await isolatedWorld('web-0', 'web-1');
    const slow = { ...world.ports.pace, turn: async () => world.pass(1_000) };
    const paused = (): void => world.kube.pause(true);
    expect(
      await migrate({ ...world.ports, pace: slow }, asked, pulse(world, [], paused)),
    ).toMatchObject({ reason: 'paused' });
    expect(world.kube.evictions()).toEqual([]);
  });
});

describe('labels before anything moves', () => {
  test('each pod that moves gets the label of the repair, once', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.bind(pod('mine', { repair: repairId }));
    world.kube.bind(pod('agent', { toleratesCordon: true, ownerName: 'agent' }));
    const { ownerKind: _, ...bare } = pod('bare');
    world.kube.bind(bare);
    expect(await tagPods(world.ports, asked)).toEqual({
      kind: 'podsTagged',
      pods: 3,
      staying: [{ pod: 'default/agent', owner: 'default/ReplicaSet/agent', why: 'tolerates' }],
    });
    const labelled = world.kube.pods(sampleNode).filter(({ repair }) => repair === repairId);
    expect(labelled.map(({ name }) => name)).toEqual(['web-0', 'mine']);
  });

  test.each([
    [{ kind: 'failed', why: 'no' } as const, 'no'],
    [{ kind: 'lost', why: 'no answer' } as const, 'no answer'],
    [{ kind: 'conflict' } as const, 'the pod changed meanwhile'],
  ])('%o is told and holds nothing up', async (answer, why) => {
    const world = await isolatedWorld('web-0');
    world.kube.answer('tagPod', answer);
    expect(await tagPods(world.ports, asked)).toEqual({
      kind: 'podsTagged',
      pods: 1,
      untagged: [{ pod: 'default/web-0', why }],
    });
  });

  test('a look or a list that fails is told', async () => {
    const world = await isolatedWorld('web-0');
    world.kube.answer('listPods', unreadable('pods-unreadable'));
    expect(await tagPods(world.ports, asked)).toMatchObject({ reason: 'pods-unreadable' });
    world.kube.pause(true);
    expect(await tagPods(world.ports, asked)).toMatchObject({ reason: 'paused' });
  });
});
