/** The records of nodes on a real hub, seen by processes that know more or less of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecords } from '../../../dispatch/records.ts';
import { emptyRecord, evolve } from '../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import { ensureStreams, openBucket } from '../../../event-hub/index.ts';
import type { Bucket, Hub } from '../../../event-hub/index.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { at, fault, repairId } from '../../support/given.ts';
import { expectKind, startHub, type TestHub } from '../../support/hub.ts';

let hub: TestHub;
let bucket: Bucket<EpisodeRecord>;
beforeAll(async () => {
  hub = await startHub();
  bucket = await open(hub.hub);
});
afterAll(async () => {
  await hub?.remove();
});

const cluster = 'records';
function open(of: Hub): Promise<Bucket<EpisodeRecord>> {
  return openBucket(of, { name: 'episodes', cluster, parse: parseEpisodeRecord });
}

/** Of this node, with an open episode. */
function opened(node: string): EpisodeRecord {
  const { check, id: openingEventId } = fault;
  const episode = { repairId, openedAt: at(0), openingEventId, check, policy: 'kernel' };
  return evolve(emptyRecord({ ...fault, cluster, node }), { kind: 'opened', episode });
}

function closed(record: EpisodeRecord | undefined): EpisodeRecord | undefined {
  return (
    record &&
    evolve(record, { kind: 'closed', repairId, outcome: 'repaired', reason: 'healed', at: at(9) })
  );
}

async function stored(node: string): Promise<EpisodeRecord> {
  return expectKind(await bucket.get(node), 'found').value;
}

describe('a process whose mirror is behind', () => {
  test('closes the episode that another process opened', async () => {
    const [leader, former] = [openRecords(bucket), openRecords(bucket)];
    await former.change('behind', () => emptyRecord({ ...fault, cluster, node: 'behind' }));
    await leader.change('behind', () => opened('behind'));
    expect(former.get('behind')?.episode).toBeUndefined();
    expect(await former.change('behind', closed)).toMatchObject({ kind: 'kept' });
    expect((await stored('behind')).episode).toMatchObject({ outcome: 'repaired' });
  });

  test('closes one of a node that it never heard of', async () => {
    const [leader, former] = [openRecords(bucket), openRecords(bucket)];
    await leader.change('unheard', () => opened('unheard'));
    expect(await former.change('unheard', closed)).toMatchObject({ kind: 'kept' });
    expect((await stored('unheard')).episode).toMatchObject({ outcome: 'repaired' });
  });

  test('says that there is nothing to change only of what it read just now', async () => {
    const [leader, former] = [openRecords(bucket), openRecords(bucket)];
    await leader.change('same', () => opened('same'));
    await former.change('same', (record) => record);
    await leader.change('same', closed);
    const answer = expectKind(await former.change('same', (record) => record), 'kept');
    expect(answer.record.episode?.outcome).toBe('repaired');
  });

  test('does not answer well while the hub cannot be read', async () => {
    const former = openRecords(bucket);
    await former.change('cut', () => opened('cut'));
    await hub.server.kill();
    expect(await former.change('cut', (record) => record)).toMatchObject({ kind: 'failed' });
    await hub.server.start();
    await expect
      .poll(async () => (await bucket.get('cut')).kind, { timeout: 10_000 })
      .toBe('found');
  });
});

test('a record that was never written stays missing', async () => {
  expect(await openRecords(bucket).change('never', closed)).toEqual({ kind: 'missing' });
  expect(await bucket.get('never')).toEqual({ kind: 'absent' });
});

test('a record that the hub lost is written again with what came of it', async () => {
  const records = openRecords(bucket);
  await records.change('lost', () => opened('lost'));
  await hub.hub.manager.streams.purge('KV_episodes', { filter: `$KV.episodes.${cluster}.lost` });
  expect(await records.change('lost', closed)).toMatchObject({ kind: 'kept' });
  expect((await stored('lost')).episode).toMatchObject({ outcome: 'repaired' });
});

test('a listener hears of changes by others until it ends that', async () => {
  const [mine, theirs] = [openRecords(bucket), openRecords(bucket)];
  const stop = new AbortController();
  await mine.follow(stop.signal);
  const heard: string[] = [];
  const end = mine.onChange(({ node }) => heard.push(node));
  await theirs.change('heard', () => opened('heard'));
  await expect.poll(() => heard).toContain('heard');
  end();
  await theirs.change('unheard of', () => opened('unheard of'));
  await expect.poll(() => mine.get('unheard of')).toBeDefined();
  expect(heard).not.toContain('unheard of');
  stop.abort();
});

test('a record that cannot be read is said once, never overwritten, and forgotten when it is mended', async () => {
  const troubles: string[] = [];
  const records = openRecords(bucket, (trouble) => troubles.push(trouble));
  const stop = new AbortController();
  await records.follow(stop.signal);
  await hub.hub.jetstream.publish(`$KV.episodes.${cluster}.broken`, '{"version":2}');
  await expect.poll(() => records.corrupt()).toEqual(['broken']);
  expect(await records.change('broken', () => opened('broken'))).toMatchObject({ kind: 'failed' });
  expect((await bucket.get('broken')).kind).toBe('corrupt');
  expect(troubles).toEqual([
    'the record of node broken cannot be read: not a record of this bucket',
  ]);
  await bucket.put('broken', opened('broken'));
  await expect.poll(() => records.corrupt()).toEqual([]);
  expect(records.get('broken')).toBeDefined();
  stop.abort();
});

test('a bucket that was deleted and made again gets its records back', async () => {
  const troubles: string[] = [];
  const records = openRecords(bucket, (trouble) => troubles.push(trouble));
  const stop = new AbortController();
  await records.follow(stop.signal);
  await records.change('back', () => opened('back'));
  await records.change('ahead', () => opened('ahead'));
  await hub.hub.manager.streams.delete('KV_episodes');
  expect(await records.change('back', closed)).toMatchObject({ kind: 'failed' });
  expectKind(await ensureStreams(hub.hub), 'ready');
  // Another process was faster with one of them.
  await openRecords(bucket).change('ahead', () => closed(opened('ahead')));
  await expect.poll(async () => (await bucket.get('back')).kind, { timeout: 10_000 }).toBe('found');
  await expect.poll(() => troubles.at(-1)).toMatch(/lost and made again: of \d+ .* 0 could not/);
  expect((await stored('ahead')).episode).toMatchObject({ outcome: 'repaired' });
  expect(records.get('ahead')?.episode).toMatchObject({ outcome: 'repaired' });
  expect(await records.change('back', closed)).toMatchObject({ kind: 'kept' });
  expect((await stored('back')).episode).toMatchObject({ outcome: 'repaired' });
  stop.abort();
});
