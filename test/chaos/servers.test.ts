/**
 * The servers that Slipway stands on die of kill -9 while one repair stands in each phase, are away for longer than a
 * quick activity may take, and come back: every repair ends as if nothing had been.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakNode, endOf, resetsOf, untilEnded, wellEnded } from '../support/chaos/end.ts';
import type { Case } from '../support/chaos/end.ts';
import { patient, roomyPolicies } from '../support/chaos/policies.ts';
import { openSite, untilReached } from '../support/chaos/site.ts';
import type { Site } from '../support/chaos/site.ts';
import { until } from '../support/chaos/until.ts';

/** Where a repair of each phase stands still; those that take long to come there are brought there first. */
const phases = [
  [
    ['returning', 'before kube.uncordon in restore'],
    ['verifying', 'before say rebooted in dispatch'],
  ],
  [
    ['repairing', 'before drivers.redfish.run in runRung'],
    ['migrating', 'before kube.evict in migrate'],
    ['tagging', 'before kube.tagPod in tagPods'],
    ['isolating', 'before kube.isolate in begin'],
    ['awaiting-permit', 'before guard.request in begin'],
  ],
] as const;

const perKill = phases.flat().length;
const awayMs = 2_500;

let site: Site;
let used = 0;
beforeAll(async () => {
  const nodes = 3 * perKill + 3;
  site = await openSite({ policies: roomyPolicies, nodes, replicas: 2 * nodes });
  await site.stack.hardware.behave('*', { bootMs: [300, 400] });
}, 120_000);
afterAll(() => site?.close(), 60_000);

test.each(['nats', 'temporal', 'kube-apiserver'] as const)(
  'kill -9 of %s in every phase changes no end',
  async (name) => {
    const nodes = await site.stack.createNodes(perKill, { from: used });
    used += perKill;
    const aims = phases.map((group) => group.map(([, point]) => ({ node: nextOf(nodes), point })));
    site.order(...aims.flat().map((aim) => ({ ...aim, act: 'hold' as const })));
    const broken: Case[] = [];
    for (const group of aims) {
      const faults = group.map(({ node }) => breakNode(site, { node, check: patient }));
      broken.push(...(await Promise.all(faults)));
      await untilReached(site, group);
    }
    const server = site.stack.child(name);
    server.kill('SIGKILL');
    await server.ended();
    site.order();
    const killedAt = Date.now();
    await until('the engine had to do without', () => Date.now() - killedAt > awayMs);
    await server.start();
    for (const [index, one] of broken.entries()) {
      await untilEnded(site, one.node);
      const label = `${name} killed in ${phases.flat()[index]![0]}`;
      expect.soft(await endOf(site, one), label).toEqual(wellEnded);
      expect.soft(await resetsOf(site, one.node), label).toHaveLength(1);
    }
  },
  90_000,
);

function nextOf(nodes: { name: string }[]): string {
  return nodes.shift()?.name ?? '';
}
