/** Persons come first: their cordons, their uncordons, their holds and their pause, at any moment of a repair. */
import { describe, expect, test } from 'vitest';
import { isolations, mutationsBy, resets, turns } from '../../embedded/oracle/index.ts';
import type { ApiWrite } from '../../embedded/oracle/index.ts';
import { policyFile, reboot, useLoop, viewNode } from '../support/loop.ts';
import { deployOn, liftBudget } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 22,
  proxied: true,
  // After a hand-over a node is a person's until it was well for the soak time: longer than this file takes.
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'], soak: '5m' },
    {
      name: 'patient',
      checks: ['ReadonlyFilesystem'],
      ladder: [{ ...reboot, verification: { timeout: '10s', soak: '5s' } }],
    },
  ]),
});

async function turnsOf(node: string): Promise<string[]> {
  return turns(await loop().writes(), node).map(({ user, to }) => `${user} ${to}`);
}

async function resetsOf(node: string): Promise<number> {
  return resets(await loop().calls(), node).length;
}

function onNode(node: string) {
  return (write: ApiWrite) => write.resource === 'nodes' && write.name === node;
}

/** Fails a node whose pods cannot leave, and waits until the repair says who blocks it. */
async function blockInMigration(): Promise<string> {
  const node = loop().takeNode();
  await deployOn(loop(), node, { minAvailable: 2 });
  await loop().fail(node);
  await loop().state(node, ({ pods }) => pods.blockers.length > 0);
  return node;
}

/** Fails a node whose machine takes its time, and waits until the reset was sent. */
async function bootSlowly(): Promise<string> {
  const node = loop().takeNode();
  await loop().stack.hardware.behave(node, { bootMs: [4_000, 4_000] });
  await loop().fail(node);
  await loop().state(node, ({ attempts }) => attempts === 1);
  return node;
}

/** Fails a node and waits until it is well again and only has to stay so for a while. */
async function soak(): Promise<string> {
  const node = loop().takeNode();
  await loop().fail(node, 'ReadonlyFilesystem');
  await loop().state(node, ({ healthySince }) => healthySince !== undefined);
  return node;
}

describe.concurrent('a cordon by a person', () => {
  test('keeps a failing node from being touched, and its end lets the repair begin', async () => {
    const node = loop().takeNode();
    await loop().cordon(node, true);
    await loop().fail(node);
    await loop().ignored(node, 'cordoned-by-other');
    expect(mutationsBy(await loop().writes(), 'slipway').filter(onNode(node))).toEqual([]);
    await loop().cordon(node, false);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await turnsOf(node)).toEqual([
      'person-alice cordoned',
      'person-alice uncordoned',
      'slipway-actor cordoned',
      'slipway-actor uncordoned',
    ]);
  });

  test('that comes after a repair is left alone when the fault comes again', async () => {
    const node = loop().takeNode();
    await loop().fail(node);
    await loop().ended(node);
    await loop().cordon(node, true);
    await loop().fail(node);
    await loop().ignored(node, 'cordoned-by-other');
    expect((await turnsOf(node)).at(-1)).toBe('person-alice cordoned');
  });

  test('that overtakes our own stays a person’s', async () => {
    const node = loop().takeNode();
    const cordoned = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const relent = loop().mischief.begin(({ method, url }) => {
      if (method !== 'PATCH' || url.pathname !== `/api/v1/nodes/${node}`) return undefined;
      asked.resolve();
      return { kind: 'late', until: cordoned.promise };
    });
    await loop().fail(node);
    await asked.promise;
    await loop().cordon(node, true);
    cordoned.resolve();
    const end = await loop().ended(node);
    relent();
    expect(end).toMatchObject({ outcome: 'taken-over', reason: 'cordoned-by-other' });
    expect(await turnsOf(node)).toEqual(['person-alice cordoned']);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: true, marks: {} });
  });
});

describe.concurrent('an uncordon by a person', () => {
  test('ends the repair while pods are moving, and nothing cordons the node again', async () => {
    const node = await blockInMigration();
    await loop().cordon(node, false);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'taken-over' });
    await liftBudget(loop(), node);
    await loop().heal(node);
    await loop().fail(node);
    await loop().ignored(node, 'handed-over');
    expect(await turnsOf(node)).toEqual(['slipway-actor cordoned', 'person-alice uncordoned']);
    expect(await resetsOf(node)).toBe(0);
  });

  test('ends the repair while the machine boots', async () => {
    const node = await bootSlowly();
    await loop().cordon(node, false);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'taken-over' });
    expect(await turnsOf(node)).toEqual(['slipway-actor cordoned', 'person-alice uncordoned']);
    expect(await resetsOf(node)).toBe(1);
  });

  test('followed at once by a cordon leaves the node to the person', async () => {
    const node = await blockInMigration();
    await loop().cordon(node, false);
    await loop().cordon(node, true);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'taken-over' });
    expect((await turnsOf(node)).at(-1)).toBe('person-alice cordoned');
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: true });
  });
});

describe.concurrent('a mark in a person’s hands', () => {
  test.each([
    ['removed', null],
    ['garbled', '{"repair":'],
    ['given to another repair', '{"repair":"r-other","at":1}'],
  ])('that is %s ends the repair and leaves the cordon as it is', async (_how, mark) => {
    const node = await blockInMigration();
    await loop().annotate(node, { 'slipway.dev/isolation': mark });
    expect(await loop().ended(node)).toMatchObject({ outcome: 'taken-over' });
    expect(await turnsOf(node)).toEqual(['slipway-actor cordoned']);
    expect(await resetsOf(node)).toBe(0);
  });
});

describe.concurrent('a hold', () => {
  test('keeps a failing node from being touched, and its end lets the repair begin', async () => {
    const node = loop().takeNode();
    await loop().annotate(node, { 'slipway.dev/hold': 'mine' });
    await loop().fail(node);
    await loop().ignored(node, 'held');
    expect(mutationsBy(await loop().writes(), 'slipway').filter(onNode(node))).toEqual([]);
    await loop().annotate(node, { 'slipway.dev/hold': null });
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  });

  test('while pods are moving ends the repair and keeps the node out', async () => {
    const node = await blockInMigration();
    await loop().annotate(node, { 'slipway.dev/hold': 'mine' });
    expect(await loop().ended(node)).toMatchObject({ outcome: 'cancelled', reason: 'held' });
    await liftBudget(loop(), node);
    await loop().annotate(node, { 'slipway.dev/hold': null });
    await loop().ignored(node, 'handed-over');
    expect(await turnsOf(node)).toEqual(['slipway-actor cordoned']);
    expect(await resetsOf(node)).toBe(0);
  });

  test('after the first attempt hands the node over, without another rung', async () => {
    const node = await bootSlowly();
    await loop().annotate(node, { 'slipway.dev/hold': 'mine' });
    const end = await loop().ended(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'held-mid-repair' });
    expect(await turnsOf(node)).toEqual(['slipway-actor cordoned']);
    expect(await resetsOf(node)).toBe(1);
  });
});

// These two concern the whole cluster, so each has it for itself.
test('a pause stops acts and not returns, and its end lets the repairs go on', async () => {
  const moving = await blockInMigration();
  const booting = await bootSlowly();
  await loop().pause('{"by":"alice","reason":"change freeze"}');
  const pausedAtMs = Date.now();
  const fresh = loop().takeNode();
  await loop().fail(fresh);
  const paused = ({ refused }: { refused?: { reason: string } | undefined }): boolean =>
    refused?.reason === 'paused';
  await Promise.all([loop().state(fresh, paused), loop().state(moving, paused)]);
  await liftBudget(loop(), moving);
  expect(await loop().ended(booting)).toMatchObject({ outcome: 'repaired' });
  const writes = await loop().writes();
  expect(isolations(writes, fresh)).toEqual([]);
  const acts = mutationsBy(writes, 'slipway', pausedAtMs).filter(
    ({ resource, name }) => resource === 'pods' || (resource === 'nodes' && name !== booting),
  );
  expect(acts).toEqual([]);
  await loop().pause(null);
  expect(await loop().ended(fresh)).toMatchObject({ outcome: 'repaired' });
  expect(await loop().ended(moving)).toMatchObject({ outcome: 'repaired' });
});

test('uncordoned and cordoned again while the watch is cut, no node is given back', async () => {
  const nodes = await Promise.all([blockInMigration(), blockInMigration(), bootSlowly(), soak()]);
  const [, free] = nodes;
  const restore = loop().mischief.cutNodeWatch();
  for (const node of nodes) {
    await loop().cordon(node, false);
    await loop().cordon(node, true);
  }
  await liftBudget(loop(), free);
  for (const node of nodes)
    expect(await loop().ended(node)).toMatchObject({ outcome: 'taken-over' });
  restore();
  for (const node of nodes) {
    expect(await turnsOf(node)).toEqual([
      'slipway-actor cordoned',
      'person-alice uncordoned',
      'person-alice cordoned',
    ]);
    expect(await resetsOf(node)).toBe(nodes.indexOf(node) < 2 ? 0 : 1);
    const events = loop()
      .entries(node)
      .flatMap((entry) => entry.events);
    // The repair found it by its own look: the watch did not tell.
    expect(events.filter(({ kind }) => kind === 'lost')).toEqual([]);
  }
});
