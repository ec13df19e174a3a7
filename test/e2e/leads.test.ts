/** Two engines of one cluster: what a repair came to is in the record, whichever of them leads and whichever closes it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buckets } from '../../domain/vocabulary/hub.ts';
import { Child } from '../../embedded/child.ts';
import { engineSpec } from '../../embedded/servers/engine.ts';
import { openBucket } from '../../event-hub/index.ts';
import { parseEpisodeRecord } from '../../schemas/wire/episodeRecord.ts';
import { policyFile, reboot, useLoop } from '../support/loop.ts';

/** Long enough for one engine to stand still for a while without losing the lead. */
const leaseSeconds = 60;
const verification = { timeout: '60s', soak: '3s' };

const loop = useLoop({
  mode: 'act',
  nodes: 3,
  policies: policyFile([
    {
      name: 'quick',
      checks: ['KernelDeadlock'],
      ladder: [{ ...reboot, bootWindow: '60s', verification }],
    },
  ]),
  config: { leaseSeconds, metrics: undefined },
});

let second: Child;
beforeAll(async () => {
  const { dataDir, state } = loop().stack;
  const logFile = join(dataDir, 'logs', 'engine-2.log');
  second = new Child({
    ...engineSpec(dataDir, state.engineConfig, 'act'),
    logFile,
    isReady: async () => (await readFile(logFile, 'utf8')).includes('engine ready'),
  });
  await second.start();
});
afterAll(async () => {
  await second?.stop();
});

test('a former leader that closes a repair of its successor loses no outcome', async () => {
  const node = loop().takeNode();
  await passTheLead();
  await loop().fail(node);
  const { repairId } = await loop().state(node, ({ healthySince }) => healthySince !== undefined);
  await second.pause();
  // Only the former leader is left to go on with it.
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  const record = await loop().until('the outcome is in the record', async () => {
    const { episode } = await recordOf(node);
    return episode?.repairId === repairId && episode.outcome ? episode : undefined;
  });
  expect(record).toMatchObject({ outcome: 'repaired', reason: 'healed' });
  second.resume();

  const later = loop().takeNode();
  await loop().fail(later);
  expect(await loop().ended(later)).toMatchObject({ outcome: 'repaired' });
  expect(loop().ends(node)).toHaveLength(1);
  expect((await recordOf(node)).episode).toMatchObject({ outcome: 'repaired' });
  expect(await leaderPid()).toBe(second.pid);
});

const leasePath = '/apis/coordination.k8s.io/v1/namespaces/slipway/leases/slipway-engine';

/** Somebody takes the lease for a second, until the second engine is the one that got it back. */
async function passTheLead(): Promise<void> {
  const spec = { holderIdentity: 'nobody', leaseDurationSeconds: 1 };
  while ((await leaderPid()) !== second.pid) {
    await loop().stack.api().merge(leasePath, { spec });
    await loop().until('an engine leads', leaderPid);
  }
  const log = join(loop().stack.dataDir, 'logs', 'engine-2.log');
  await loop().until(
    'the second engine leads',
    async () => (await readFile(log, 'utf8')).includes('"leading"') || undefined,
  );
}

/** Undefined while nobody leads. */
async function leaderPid(): Promise<number | undefined> {
  const { body } = await loop().stack.api().get(leasePath);
  const { holderIdentity } = (body as { spec: { holderIdentity: string } }).spec;
  const pid = /-(\d+)-[0-9a-f]{8}-/.exec(holderIdentity)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

async function recordOf(node: string) {
  const { hub, cluster } = loop();
  const parse = parseEpisodeRecord;
  const bucket = await openBucket(hub, { name: buckets.episodes, cluster, parse });
  const found = await bucket.get(node);
  if (found.kind !== 'found') throw new Error(`the record of ${node} is ${found.kind}`);
  return found.value;
}
