/** The whole stack goes down with ten open repairs, and comes up with other code that decides the same: all end right. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakNode, endOf, resetsOf, untilEnded, wellEnded } from '../support/chaos/end.ts';
import type { Case } from '../support/chaos/end.ts';
import { healable, patient, upgradePolicies } from '../support/chaos/policies.ts';
import { openSite, reopenSite, untilReached } from '../support/chaos/site.ts';
import type { Site } from '../support/chaos/site.ts';
import { until } from '../support/chaos/until.ts';
import { changedCode } from '../support/code.ts';
import type { ChangedCode } from '../support/code.ts';

/** Other words, another version and one more query: nothing that a history could tell. */
const changes = [
  { file: 'package.json', from: '"version": "0.1.0"', to: '"version": "0.1.1"' },
  { file: 'workflows/nodeRepair/show.ts', from: '`wait: ', to: '`waits, because: ' },
  {
    file: 'workflows/nodeRepair/nodeRepair.ts',
    from: '  setHandler(defineQuery<RepairState>(stateQuery), () => state);\n',
    to: "  setHandler(defineQuery<RepairState>(stateQuery), () => state);\n  setHandler(defineQuery<string>('phase'), () => state.phase);\n",
  },
];

let site: Site;
let code: ChangedCode;
beforeAll(async () => {
  code = await changedCode(changes);
  site = await openSite({ policies: upgradePolicies, nodes: 14, replicas: 28 });
}, 120_000);
afterAll(async () => {
  await site?.close();
  await code?.remove();
}, 60_000);

test('ten open repairs outlive the stack and the code that began them', async () => {
  const names = (await site.stack.createNodes(10)).map(({ name }) => name);
  await site.stack.hardware.behave('*', { bootMs: [15_000, 15_000] });
  const booting = await breakAll(names.slice(0, 4), patient);
  await untilReached(
    site,
    booting.map(({ node }) => ({ node, point: 'runRung returned' })),
  );
  const inLine = await breakAll(names.slice(4), healable);
  await untilReached(
    site,
    inLine.map(({ node }) => ({ node, point: 'begin returned' })),
  );
  await until('all repairs are open', () => areOpen(inLine));
  const { dataDir } = site.stack;
  await site.stop();

  site = await reopenSite(dataDir, code.folder);
  await site.stack.hardware.behave('*', { bootMs: [300, 400] });
  for (const one of [...booting, ...inLine]) {
    await untilEnded(site, one.node, 120_000);
    expect.soft(await endOf(site, one), one.node).toEqual(wellEnded);
    expect.soft(await resetsOf(site, one.node), one.node).toEqual(['GracefulRestart']);
  }
}, 240_000);

function breakAll(nodes: readonly string[], check: string): Promise<readonly Case[]> {
  return Promise.all(nodes.map((node) => breakNode(site, { node, check })));
}

/** The limit leaves no room for more, so that those in line must wait for the machines that boot. */
async function areOpen(cases: readonly Case[]): Promise<boolean> {
  const records = await Promise.all(cases.map(({ node }) => site.episodes.get(node)));
  const open = records.filter(
    (found) => found.kind === 'found' && found.value.episode?.outcome === undefined,
  );
  return open.length === cases.length;
}
