/** The guard: how many nodes may be out at once, judged at every instant of the audit log (ADR 11). */
import { expect, test } from 'vitest';
import type { RepairState } from '../../domain/repair/types.ts';
import { buckets } from '../../domain/vocabulary/hub.ts';
import { isolations, returns, turns } from '../../embedded/oracle/index.ts';
import type { CordonTurn } from '../../embedded/oracle/index.ts';
import { openBucket } from '../../event-hub/index.ts';
import type { Bucket } from '../../event-hub/index.ts';
import { policyFile, reboot, useLoop, viewNode } from '../support/loop.ts';
import type { Loop } from '../support/loop.ts';
import { deployOn } from '../support/pods.ts';

const limit = 3;
const guard = { maxUnavailablePercent: 100, maxUnavailableNodes: limit };

const loop = useLoop({
  mode: 'act',
  nodes: 16,
  policies: policyFile([
    { name: 'limited', checks: ['KernelDeadlock'], guard },
    {
      name: 'patient',
      checks: ['ReadonlyFilesystem'],
      guard,
      ladder: [{ ...reboot, verification: { timeout: '20s', soak: '6s' } }],
    },
    { name: 'masters', checks: ['XfsShutdown'], guard, touch: { controlPlane: true } },
  ]),
});

/** How many nodes were cordoned, by anybody, right after each isolation. */
function outAtIsolations(all: readonly CordonTurn[]): number[] {
  const out = new Set<string>();
  return all.flatMap(({ node, to, user }) => {
    if (to === 'cordoned') out.add(node);
    else out.delete(node);
    return user === 'slipway-actor' && to === 'cordoned' ? [out.size] : [];
  });
}

/** The ledger as raw bytes, so that it can be made unreadable. */
async function rawLedger(of: Loop): Promise<Bucket<unknown>> {
  return openBucket<unknown>(of.hub, {
    name: buckets.guard,
    cluster: of.cluster,
    parse: (value) => value,
  });
}

function budgetFull({ refused }: RepairState): boolean {
  return refused?.reason === 'budget-full';
}

test('with many faults and a person’s cordon at once the limit holds at every instant', async () => {
  const cordoned = loop().takeNode();
  await loop().cordon(cordoned, true);
  const nodes = Array.from({ length: 7 }, () => loop().takeNode());
  await Promise.all(nodes.map((node) => loop().fail(node)));
  // Both places are taken: the third one out is the person's.
  await loop().until('some wait', async () => {
    const states = await Promise.all(nodes.map((node) => loop().peek(node)));
    return states.filter((state) => state && budgetFull(state)).length >= 4 || undefined;
  });
  const ends = await Promise.all(nodes.map((node) => loop().ended(node)));
  expect(ends.map(({ outcome }) => outcome)).toEqual(nodes.map(() => 'repaired'));
  const out = outAtIsolations(turns(await loop().writes()));
  expect(out).toHaveLength(nodes.length);
  expect(Math.max(...out)).toBe(limit);
  await loop().cordon(cordoned, false);
});

test('with persons’ cordons alone at the limit nothing starts, and one uncordon lets the waiter begin', async () => {
  const cordoned = Array.from({ length: limit }, () => loop().takeNode());
  for (const node of cordoned) await loop().cordon(node, true);
  const waiter = loop().takeNode();
  await loop().fail(waiter);
  await loop().state(waiter, budgetFull);
  expect(isolations(await loop().writes(), waiter)).toEqual([]);
  const freedAtMs = Date.now();
  await loop().cordon(cordoned[0]!, false);
  await loop().ended(waiter);
  const [isolated] = isolations(await loop().writes(), waiter);
  expect(isolated!.answeredAtMs - freedAtMs).toBeLessThan(10_000);
  for (const node of cordoned.slice(1)) await loop().cordon(node, false);
});

test('an unreadable ledger grants nothing, while returns and cancels flow', async () => {
  const [moving, soaking, fresh] = [loop().takeNode(), loop().takeNode(), loop().takeNode()];
  await deployOn(loop(), moving, { minAvailable: 2 });
  await Promise.all([loop().fail(moving), loop().fail(soaking, 'ReadonlyFilesystem')]);
  await loop().state(moving, ({ pods }) => pods.blockers.length > 0);
  await loop().state(soaking, ({ waiting }) => waiting?.reason === 'soak');
  const ledger = await rawLedger(loop());
  await ledger.put('ledger', 'not a ledger');
  await loop().fail(fresh);
  const unreadable = ({ refused }: RepairState): boolean => refused?.reason === 'ledger-unreadable';
  await loop().state(fresh, unreadable);
  await loop().cancel(moving);
  const serves = (node: string) => async (): Promise<true | undefined> => {
    const { unschedulable, marks } = await viewNode(loop(), node);
    return (!unschedulable && Object.keys(marks).length === 0) || undefined;
  };
  await loop().until(`${moving} was given back`, serves(moving), moving);
  await loop().until(`${soaking} has returned`, serves(soaking), soaking);
  expect(returns(await loop().writes(), soaking)).toHaveLength(1);

  // No bytes at all are no ledger either.
  loop().hub.connection.publish(`$KV.${buckets.guard}.${loop().cluster}.ledger`);
  const other = loop().takeNode();
  await loop().fail(other);
  await loop().state(other, unreadable);
  expect(isolations(await loop().writes(), fresh)).toEqual([]);
  expect(isolations(await loop().writes(), other)).toEqual([]);

  await ledger.remove('ledger');
  expect(await loop().ended(moving)).toMatchObject({ outcome: 'cancelled' });
  expect(await loop().ended(soaking)).toMatchObject({ outcome: 'repaired' });
  expect(await loop().ended(fresh)).toMatchObject({ outcome: 'repaired' });
  expect(await loop().ended(other)).toMatchObject({ outcome: 'repaired' });
  expect(Math.max(...outAtIsolations(turns(await loop().writes())))).toBeLessThanOrEqual(limit);
});

test('a control-plane node is refused by dispatch, and by the guard where dispatch was told to touch it', async () => {
  const labels = { 'node-role.kubernetes.io/control-plane': '' };
  const [one, other] = await loop().stack.createNodes(2, { from: 100, labels });
  await loop().fail(one!.name);
  await loop().ignored(one!.name, 'control-plane');
  await loop().fail(other!.name, 'XfsShutdown');
  await loop().state(other!.name, ({ refused }) => refused?.reason === 'control-plane');
  expect(isolations(await loop().writes(), one!.name)).toEqual([]);
  expect(isolations(await loop().writes(), other!.name)).toEqual([]);
});
