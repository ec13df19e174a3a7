/** A defect that no workflow task survives: the repair is handed over as stuck, and others go on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakNode } from '../support/chaos/end.ts';
import { healable, upgradePolicies } from '../support/chaos/policies.ts';
import { openSite, reopenSite } from '../support/chaos/site.ts';
import type { Site } from '../support/chaos/site.ts';
import { until } from '../support/chaos/until.ts';
import { changedCode } from '../support/code.ts';
import type { ChangedCode } from '../support/code.ts';

const changes = [
  {
    file: 'schemas/config/engineConfig.ts',
    from: 'failingTaskSeconds: whole(60, 86_400).default(600)',
    to: 'failingTaskSeconds: whole(1, 86_400).default(10)',
  },
  {
    file: 'workflows/nodeRepair/nodeRepair.ts',
    from: 'const at = Date.now();',
    to: "const at = Date.now();\n    if (state.phase === 'tagging') throw new TypeError('a defect');",
  },
];

let site: Site;
let code: ChangedCode;
beforeAll(async () => {
  code = await changedCode(changes);
  site = await openSite({ policies: upgradePolicies, nodes: 4, replicas: 4 });
}, 120_000);
afterAll(async () => {
  await site?.close();
  await code?.remove();
}, 60_000);

test('a workflow whose tasks fail again and again is ended, and its node handed over', async () => {
  const [node = ''] = (await site.stack.createNodes(1)).map(({ name }) => name);
  const { dataDir } = site.stack;
  await site.stop();
  site = await reopenSite(dataDir, code.folder);
  await breakNode(site, { node, check: healable });
  await until(
    'the record says that it is stuck',
    async () => {
      const found = await site.episodes.get(node);
      return found.kind === 'found' && found.value.episode?.reason === 'stuck';
    },
    120_000,
  );
  const found = await site.episodes.get(node);
  expect(found).toMatchObject({ value: { episode: { outcome: 'escalated', reason: 'stuck' } } });
}, 240_000);
