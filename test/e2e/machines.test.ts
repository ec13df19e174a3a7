/** Machines and BMCs as they are in the field; the call log of the simulated BMC is the judge. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { replaceFile } from '../../embedded/hardware/replaceFile.ts';
import { isolations, resets } from '../../embedded/oracle/index.ts';
import { openBucket } from '../../event-hub/index.ts';
import { parseGuardRecord } from '../../schemas/wire/guardRecord.ts';
import type { Loop } from '../support/loop.ts';
import { policyFile, powerCycle, reboot, useLoop, viewNode } from '../support/loop.ts';
import { appOf, deployOn, liftBudget } from '../support/pods.ts';
import {
  busy,
  noBasic,
  offers,
  startQuirkyBmc,
  wantsSlash,
  withUuid,
  type Quirk,
  type QuirkyBmc,
} from '../support/quirkyBmc.ts';

const ladder = [reboot, powerCycle];
const loop = useLoop({
  mode: 'act',
  nodes: 24,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'], ladder },
    {
      name: 'impatient',
      checks: ['ReadonlyFilesystem'],
      ladder: ladder.map((rung) => ({ ...rung, tryWindow: '2s' })),
    },
    {
      name: 'silent',
      checks: ['Ready'],
      migration: { timeout: '2s' },
      ladder: [{ ...reboot, bootWindow: '20s' }],
    },
  ]),
});

const proxies: QuirkyBmc[] = [];
afterAll(() => Promise.all(proxies.map((proxy) => proxy.stop())));

async function resetTypes(node: string): Promise<(string | null)[]> {
  return resets(await loop().calls(), node).map(({ resetType }) => resetType);
}

function eventsOf(of: Loop, node: string, kind: string): readonly { kind: string }[] {
  return of.entries(node).flatMap(({ events }) => events.filter((event) => event.kind === kind));
}

/** Isolated, and with pods that a budget keeps, so that the BMC may change before the first rung. */
async function readyForRung(check: string): Promise<{ node: string; bmc: QuirkyBmc }> {
  const quirky = await quirkyNode({});
  await deployOn(loop(), quirky.node, { minAvailable: 2 });
  await loop().fail(quirky.node, check);
  await loop().state(quirky.node, ({ pods }) => pods.blockers.length > 0);
  return quirky;
}

/** Puts a vendor's firmware before the BMC of a node. */
async function quirkyNode(quirk: Quirk): Promise<{ node: string; bmc: QuirkyBmc }> {
  const node = loop().takeNode();
  const bmc = await startQuirkyBmc(loop().stack.state.bmc!.url, quirk);
  proxies.push(bmc);
  changeInventory((nodes) => {
    nodes[node]!.address = bmc.url;
  });
  return { node, bmc };
}

/** At once, since the engine reads the file anew for each call and the cases run side by side. */
function changeInventory(change: (nodes: Record<string, { address: string }>) => void): void {
  const file = loop().stack.state.bmc!.inventory;
  const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as {
    nodes: Record<string, { address: string }>;
  };
  change(nodes);
  replaceFile(file, JSON.stringify({ nodes }));
}

describe.concurrent('a machine is repaired', () => {
  test.each([
    ['sends every read to the path with a slash', wantsSlash(308)],
    ['knows sessions alone', noBasic],
  ])('whose BMC %s', async (_what, quirk) => {
    const { node } = await quirkyNode(quirk);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['GracefulRestart']);
  });

  test('that was switched off, by switching it on, though a budget keeps its pods', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().stack.hardware.powerOff(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['On']);
    const attempts = JSON.stringify(eventsOf(loop(), node, 'attempted'));
    expect(attempts).toContain('the machine was off, so On was sent for GracefulRestart');
  });

  test('once its BMC is no longer busy, by the rung that was due', async () => {
    const { node, bmc } = await readyForRung('KernelDeadlock');
    bmc.become(busy('1'));
    await liftBudget(loop(), node);
    const { attempts } = await loop().state(node, ({ untried }) => (untried?.tries ?? 0) >= 2);
    expect(attempts).toBe(0);
    bmc.become({});
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['GracefulRestart']);
    expect(eventsOf(loop(), node, 'attempted')).toHaveLength(1);
    expect(eventsOf(loop(), node, 'attemptSpent')).toEqual([]);
  });
});

describe.concurrent('a machine that could not be asked', () => {
  test('is handed over after the window, isolated and without a reset', async () => {
    const { node, bmc } = await readyForRung('ReadonlyFilesystem');
    bmc.become(busy());
    await liftBudget(loop(), node);
    expect(await loop().ended(node)).toMatchObject({
      outcome: 'escalated',
      reason: 'bmc-unavailable',
    });
    expect(await resetTypes(node)).toEqual([]);
    expect(eventsOf(loop(), node, 'attempted')).toEqual([]);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: true });
  });

  test('is given back by a cancel, since nothing was sent', async () => {
    const { node, bmc } = await readyForRung('KernelDeadlock');
    bmc.become(busy());
    await liftBudget(loop(), node);
    await loop().state(node, ({ untried }) => untried !== undefined);
    await loop().cancel(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'cancelled' });
    expect(await resetTypes(node)).toEqual([]);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  });
});

describe.concurrent('before it is isolated, a node', () => {
  /** Of whom the ledger says that they may take their node out. */
  async function permits(): Promise<readonly string[]> {
    const { hub, cluster } = loop();
    const bucket = await openBucket(hub, { name: 'guard', cluster, parse: parseGuardRecord });
    const found = await bucket.get('ledger');
    if (found.kind !== 'found' || found.value.kind !== 'ledger') throw new Error('no ledger');
    return found.value.ledger.permits.map(({ repairId }) => repairId);
  }

  type Nodes = Record<string, { address: string; credentialsFile?: string; systemId?: string }>;

  /** Not one write to the node or its pods, and no reset. */
  async function untouched(node: string): Promise<void> {
    const writes = (await loop().writes()).filter(
      ({ user, name }) =>
        user.startsWith('slipway') && (name === node || name?.includes(appOf(node))),
    );
    expect(writes.filter(({ resource }) => resource !== 'events')).toEqual([]);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
    expect(await resetTypes(node)).toEqual([]);
  }

  test.each<[string, (entry: Nodes, node: string) => void, string]>([
    ['is not in the inventory', (nodes, node) => void delete nodes[node], 'no BMC is named'],
    [
      'has no readable password',
      (nodes, node) => (nodes[node]!.credentialsFile = '/nowhere/bmc.yaml'),
      'no such file',
    ],
    ['is unknown to its BMC', (nodes, node) => (nodes[node]!.systemId = 'x'), 'answered 404'],
  ])('that %s is handed over, and no pod has moved', async (_what, spoil, why) => {
    const node = loop().takeNode();
    await deployOn(loop(), node);
    changeInventory((nodes) => spoil(nodes, node));
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({
      outcome: 'escalated',
      reason: 'no-rung-possible',
    });
    expect(JSON.stringify(eventsOf(loop(), node, 'preflightFailed'))).toContain(why);
    await untouched(node);
  });

  test('whose BMC offers no reset of the ladder is handed over, with what is offered', async () => {
    const { node } = await quirkyNode(offers(['On', 'ForceOff', 'ForceRestart', 'Nmi']));
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ reason: 'no-rung-possible' });
    const told = JSON.stringify(eventsOf(loop(), node, 'preflightFailed'));
    expect(told).toMatch(/does not offer GracefulRestart; only On, .* does not offer PowerCycle/);
    await untouched(node);
  });

  test('whose BMC offers the second rung alone is isolated and goes on there', async () => {
    const { node } = await quirkyNode(offers(['PowerCycle']));
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['PowerCycle']);
  });

  test('whose BMC is busy waits without a permit, and is repaired by its first rung', async () => {
    const { node, bmc } = await quirkyNode(busy('1'));
    await loop().fail(node);
    const waiting = await loop().state(node, ({ untried }) => (untried?.tries ?? 0) >= 2);
    expect(waiting).toMatchObject({ phase: 'awaiting-permit', permit: false, isolated: false });
    expect(await permits()).not.toContain(waiting.repairId);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
    bmc.become({});
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['GracefulRestart']);
  });

  test('whose BMC is busy for longer than its window is handed over as it was', async () => {
    const { node } = await quirkyNode(busy());
    await loop().fail(node, 'ReadonlyFilesystem');
    expect(await loop().ended(node)).toMatchObject({
      outcome: 'escalated',
      reason: 'bmc-unavailable',
    });
    await untouched(node);
  });

  test('whose BMC takes a second for each answer is isolated all the same', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs: [500, 600], answersAfterMs: 1_200 });
    await loop().fail(node);
    await loop().state(node, ({ isolated }) => isolated);
    await loop().stack.hardware.behave(node, { bootMs: [500, 600] });
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  });
});

describe.concurrent('the machine of another is not reset', () => {
  const placeholder = '03000200-0400-0500-0006-000700080009';

  async function claim(node: string, systemUUID: string): Promise<void> {
    const path = `/api/v1/nodes/${node}/status`;
    const patch = { status: { nodeInfo: { systemUUID } } };
    const { status } = await loop().stack.api().patch(path, patch);
    expect(status).toBe(200);
  }

  test('where both nodes carry a placeholder and the inventory points across', async () => {
    const { node, bmc } = await quirkyNode(withUuid(placeholder));
    const other = loop().takeNode();
    changeInventory((nodes) => {
      nodes[node] = { ...nodes[other]!, address: bmc.url };
    });
    await Promise.all([claim(node, placeholder), claim(other, placeholder)]);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ reason: 'wrong-machine' });
    expect([...(await resetTypes(node)), ...(await resetTypes(other))]).toEqual([]);
  });

  test('where two entries of the inventory name one system, not even by its owner', async () => {
    const node = loop().takeNode();
    const other = loop().takeNode();
    changeInventory((nodes) => {
      const { address } = nodes[node]!;
      nodes[other] = { ...nodes[node]!, address: `${address}/` };
    });
    await loop().fail(node);
    const end = await loop().ended(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'wrong-machine' });
    expect([...(await resetTypes(node)), ...(await resetTypes(other))]).toEqual([]);
  });

  test('where two nodes carry one UUID that looks like any other', async () => {
    const uuid = '7d44f5d5-4b1c-4a43-9a0e-8d3a1d0b5a11';
    const { node, bmc } = await quirkyNode(withUuid(uuid));
    const other = loop().takeNode();
    changeInventory((nodes) => {
      nodes[node] = { ...nodes[other]!, address: bmc.url };
    });
    await Promise.all([claim(node, uuid), claim(other, uuid)]);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ reason: 'wrong-machine' });
    expect([...(await resetTypes(node)), ...(await resetTypes(other))]).toEqual([]);
  });
});

test('over all of this, every reset followed an isolation', async () => {
  const [writes, calls] = [await loop().writes(), await loop().calls()];
  const reset = calls.flatMap(({ system, resetType }) => (system && resetType ? [system] : []));
  const isolated = new Set(
    reset.flatMap((node) => isolations(writes, node).map((one) => one.node)),
  );
  expect(isolated).toEqual(new Set(reset));
});
