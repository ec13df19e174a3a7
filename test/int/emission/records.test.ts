/**
 * What dispatch, guard and engine keep in buckets: by whom, under which key, and the very bytes. A test per kind of record,
 * named like it; test/unit/emissions.test.ts fails where one is missing.
 */
import { expect, test } from 'vitest';
import { createFaults } from '../../../dispatch/faults.ts';
import { openRecords } from '../../../dispatch/records.ts';
import { buckets } from '../../../domain/vocabulary/hub.ts';
import { announcementPart } from '../../../engine/parts/announcement.ts';
import { openBucket } from '../../../event-hub/index.ts';
import { createGuard } from '../../../guard/index.ts';
import type { Guard } from '../../../guard/index.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import { at, fault, policy, repairId } from '../../support/given.ts';
import { nodeFacts } from '../../support/nodes.ts';
import { useHub } from '../../support/useHub.ts';
import { rawKey } from '../../support/raw.ts';

const { hub } = useHub();

test('episodes: the record of a node, by dispatch', async () => {
  const node = 'ip-10-0-1-17.eu-west-1';
  const { nodeUid, bootId, check, observer, reason, message, counter } = fault;
  const name = buckets.episodes;
  const options = { name, cluster: 'records', parse: parseEpisodeRecord };
  const heard = async (): Promise<'heard'> => 'heard';
  const faults = createFaults({
    records: openRecords(await openBucket(hub().hub, options)),
    voice: { open: heard, ensure: heard, tell: heard },
    policies: [policy({ holdDownMs: 0 })],
    mode: 'act',
    node: async () => ({ ok: true, value: nodeFacts({ name: node }) }),
    presentUid: async () => ({ ok: true, uid: nodeUid }),
    clock: () => at(1),
    lookAgain: () => undefined,
    onIgnored: () => undefined,
    handOver: async () => undefined,
  });
  const event = { ...fault, cluster: 'records', node };
  await faults.handle({ event, sequence: 7, storedAt: at(0) });
  const key = 'records.ip-10-0-1-17=2Eeu-west-1';
  expect(await rawKey(hub().hub, { bucket: buckets.episodes, key })).toBe(
    JSON.stringify({
      version: 1,
      cluster: 'records',
      node,
      nodeUid,
      formerUids: [],
      reports: [
        {
          check,
          observer,
          verdict: 'faulty',
          bootId,
          counter,
          reason,
          message,
          eventId: fault.id,
          sequence: 7,
          storedAt: at(0),
          heardAt: at(1),
          saidSince: 7,
          faultySince: at(1),
        },
      ],
      place: 7,
      lastSeen: { bootId, firstReadyAt: 0, beats: {}, beatsBefore: {} },
      episode: {
        repairId: 'r-lykjtmdslkbp6dzffmch',
        openedAt: at(1),
        openingEventId: fault.id,
        check,
        policy: 'kernel',
        toldThrough: 7,
      },
    }),
  );
});

test('guard/ledger: by the guard, with a grant', async () => {
  const guard = await guardOf('grants');
  await guard.request({ repairId, node: 'n-0', nodeUid: 'u-0', limits: policy().guard });
  expect(await rawKey(hub().hub, { bucket: buckets.guard, key: 'grants.ledger' })).toBe(
    JSON.stringify({
      kind: 'ledger',
      ledger: {
        version: 1,
        permits: [{ repairId, node: 'n-0', nodeUid: 'u-0', grantedAt: at(0) }],
      },
    }),
  );
});

test('guard/waiter: by the guard, with a refusal', async () => {
  const guard = await guardOf('refusals');
  const limits = { ...policy().guard, maxUnavailableNodes: 0 };
  await guard.request({ repairId, node: 'n-0', nodeUid: 'u-0', limits });
  const key = `refusals.waiter=2E${repairId}`;
  expect(await rawKey(hub().hub, { bucket: buckets.guard, key })).toBe(
    JSON.stringify({
      kind: 'waiter',
      repairId,
      node: 'n-0',
      reason: 'budget-full',
      since: at(0),
    }),
  );
});

test('engine/engine: by the engine that leads', async () => {
  const { name, checks, holdDownMs, soakMs, guard } = policy();
  const nothing = { list: () => [], all: () => [] } as never;
  const ticket = { file: 'tickets.jsonl' };
  const said = { mode: 'act', codeVersion: '0.1.0' } as const;
  const of = { ...said, hub: hub().hub, cluster: 'leads', policies: [policy()], ticket };
  const clock = (): number => at(0);
  const leading = new AbortController();
  const part = announcementPart({ ...of, nodes: nothing, records: nothing, clock });
  const running = part.run(leading.signal);
  const key = { bucket: buckets.engine, key: 'leads.engine' };
  const expected = JSON.stringify({
    kind: 'engine',
    ...said,
    since: at(0),
    tickets: ['file'],
    policies: [{ name, checks, holdDownMs, soakMs, guard }],
    warnings: [],
  });
  await expect.poll(() => rawKey(hub().hub, key)).toBe(expected);
  leading.abort();
  await running;
});

async function guardOf(cluster: string): Promise<Guard> {
  const options = { name: buckets.guard, cluster, parse: parseGuardRecord };
  const bucket = await openBucket(hub().hub, options);
  const nodes = Array.from({ length: 3 }, (_, n) => nodeFacts({ name: `n-${n}`, uid: `u-${n}` }));
  return createGuard({ bucket, nodes: async () => nodes, clock: () => at(0) });
}
