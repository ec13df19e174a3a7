/**
 * The engine dies of kill -9 at the points that an undisturbed repair comes to, listed by watching one: before and
 * after every call through a port, after every activity's return, and around dispatch's words to repairs. However it
 * dies, the repair ends as the undisturbed one, and nothing is done twice. A few repairs at a time stand still, each at
 * its own point, when the engine is killed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakNode, endOf, resetsOf, untilEnded } from '../support/chaos/end.ts';
import type { Case, End } from '../support/chaos/end.ts';
import { batches, listPoints } from '../support/chaos/list.ts';
import type { Point } from '../support/chaos/list.ts';
import { healable, roomyPolicies, stubborn } from '../support/chaos/policies.ts';
import { seeded } from '../support/chaos/sample.ts';
import { openSite, untilReached } from '../support/chaos/site.ts';
import type { Site } from '../support/chaos/site.ts';

const all = process.env['CHAOS'] === 'all';
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 100_000);
const sampled = 10;
const together = all ? 8 : 5;
/** The two acts on the world that must never happen twice, killed when done and not yet told. */
const always = ['after kube.isolate in begin', 'after drivers.redfish.run in runRung'];

/** Two ways of a repair, so that what only one of them does is killed as well. */
const ways = {
  repaired: { check: healable, behaviour: { bootMs: [300, 400] } },
  escalated: { check: stubborn, behaviour: { ignores: ['GracefulRestart'] } },
} as const;
type WayName = keyof typeof ways;

let site: Site;
beforeAll(async () => {
  site = await openSite({
    policies: roomyPolicies,
    nodes: all ? 150 : 16,
    replicas: all ? 300 : 32,
  });
}, 120_000);
afterAll(() => site?.close(), 60_000);

type Run = { readonly way: WayName; readonly broken: Case; readonly startedAt: number };

/** Brings each repair to its point, those with a long way first, kills the engine there, and starts another one. */
async function killedAt(points: readonly Point<WayName>[]): Promise<readonly Run[]> {
  const aims = await Promise.all(
    points.map(async (point) => ({ ...point, node: await freshNode(point.way) })),
  );
  site.order(
    ...aims.map(({ node, name, atOnce }) => ({
      node,
      point: name,
      act: atOnce ? ('crash' as const) : ('hold' as const),
    })),
  );
  const runs: Run[] = [];
  for (const group of byDistance(aims)) {
    runs.push(...(await Promise.all(group.map(({ way, node }) => start(way, node)))));
    await untilReached(
      site,
      group.map(({ node, name }) => ({ node, point: name })),
    );
  }
  site.engine.kill('SIGKILL');
  await site.engine.ended();
  site.order();
  await site.engine.start();
  return runs;
}

let used = 0;

/** A node that nothing happened to yet, with pods on it. */
async function freshNode(way: WayName): Promise<string> {
  used += 1;
  const [node] = await site.stack.createNodes(1, { from: used - 1 });
  const name = node?.name ?? '';
  await site.stack.hardware.behave(name, ways[way].behaviour as object);
  return name;
}

/** An engine can be held at a quick activity's points for a moment only; the one that dies by itself is the last. */
function byDistance<P extends Point<WayName>>(aims: readonly P[]): readonly (readonly P[])[] {
  const isFar = ({ afterMs }: P): boolean => afterMs > 1_000;
  const held = aims.filter(({ atOnce }) => !atOnce);
  const groups = [
    held.filter(isFar),
    held.filter((aim) => !isFar(aim)),
    aims.filter(({ atOnce }) => atOnce),
  ];
  return groups.filter((group) => group.length > 0);
}

async function start(way: WayName, node: string): Promise<Run> {
  const startedAt = Date.now();
  const broken = await breakNode(site, { node, check: ways[way].check });
  return { way, broken, startedAt };
}

test(
  'killed anywhere, a repair ends as the undisturbed one',
  async () => {
    const names = Object.keys(ways) as WayName[];
    const undisturbed = await Promise.all(
      names.map(async (way) => start(way, await freshNode(way))),
    );
    for (const { broken } of undisturbed) await untilEnded(site, broken.node);
    const ends = new Map<WayName, End>();
    for (const { way, broken } of undisturbed) ends.set(way, await endOf(site, broken));
    expect(ends.get('repaired')).toMatchObject({ outcome: 'repaired', isolations: 1, returns: 1 });
    expect(ends.get('escalated')).toMatchObject({
      outcome: 'escalated',
      isolations: 1,
      returns: 0,
    });

    const listed = listPoints(
      site.reached(),
      undisturbed.map(({ way, broken: { node }, startedAt }) => ({ way, node, startedAt })),
    );
    const isWanted = ({ name }: Point<WayName>): boolean => always.includes(name);
    const chosen = all ? listed : seeded(seed, listed, isWanted, sampled);
    process.stdout.write(
      `CHAOS_SEED=${seed}: ${chosen.length} of ${listed.length} points\n${chosen.map(({ name }) => `  ${name}\n`).join('')}`,
    );
    for (const batch of batches(chosen, together)) {
      const runs = await killedAt(batch);
      for (const [index, { way, broken }] of runs.entries()) {
        await untilEnded(site, broken.node);
        const label = `killed ${broken.node}`;
        expect.soft(await endOf(site, broken), label).toEqual(ends.get(way));
        const sent = await resetsOf(site, broken.node);
        expect.soft(sent.length, `resets of ${label} (${index})`).toBeLessThanOrEqual(1);
      }
    }
  },
  all ? 3_600_000 : 150_000,
);
