/** The engine dies between a permit's release and the wake-up of the repair that waits for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakNode, endOf, untilEnded, wellEnded } from '../support/chaos/end.ts';
import type { Case, End } from '../support/chaos/end.ts';
import { healable, narrowPolicies } from '../support/chaos/policies.ts';
import { openSite, untilReached } from '../support/chaos/site.ts';
import type { Site } from '../support/chaos/site.ts';
import { until } from '../support/chaos/until.ts';

const released = 'after guard.release in releasePermit';
const wakeUp = 'before say lookAgain in dispatch';

let site: Site;
let names: string[];
beforeAll(async () => {
  site = await openSite({ policies: narrowPolicies, nodes: 6, replicas: 12 });
  names = (await site.stack.createNodes(6)).map(({ name }) => name);
  await site.stack.hardware.behave('*', { bootMs: [300, 400] });
}, 120_000);
afterAll(() => site?.close(), 60_000);

/** One node out of service under repair, and a second one that waits for its permit. */
async function holderAndWaiter(holder: string, waiter: string): Promise<readonly Case[]> {
  const first = await breakNode(site, { node: holder, check: healable });
  await untilReached(site, [{ node: holder, point: 'after kube.isolate in begin' }]);
  const second = await breakNode(site, { node: waiter, check: healable });
  await untilReached(site, [{ node: waiter, point: 'begin returned' }]);
  return [first, second];
}

async function endsAfterRestart(cases: readonly Case[]): Promise<readonly End[]> {
  await site.engine.ended();
  site.order();
  await site.engine.start();
  const ends: End[] = [];
  for (const one of cases) {
    await untilEnded(site, one.node, 25_000);
    ends.push(await endOf(site, one));
  }
  return ends;
}

const bothWell = [wellEnded, wellEnded];

test('killed when a permit was released and nobody was woken, the waiting repair goes on', async () => {
  const [holder = '', waiter = ''] = names;
  site.order(
    { node: waiter, point: wakeUp, act: 'hold' },
    { node: holder, point: released, act: 'crash' },
  );
  const cases = await holderAndWaiter(holder, waiter);
  expect(await endsAfterRestart(cases)).toEqual(bothWell);
}, 90_000);

test('killed right before it wakes the waiting repair, that goes on', async () => {
  const [, , holder = '', waiter = ''] = names;
  const cases = await holderAndWaiter(holder, waiter);
  await until('the repair waits', async () => {
    const { repairId = '' } = await episodeOf(waiter);
    return (await site.guard.get(`waiter.${repairId}`)).kind === 'found';
  });
  site.order({ node: waiter, point: wakeUp, act: 'crash' });
  expect(await endsAfterRestart(cases)).toEqual(bothWell);
}, 90_000);

async function episodeOf(node: string): Promise<{ readonly repairId?: string }> {
  const found = await site.episodes.get(node);
  return found.kind === 'found' ? (found.value.episode ?? {}) : {};
}
