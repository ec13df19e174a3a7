/** What the real server makes of the streams; what is written to them is for `journal`, `consume` and `bucket`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectHub } from '../../../event-hub/connection.ts';
import { openBucket } from '../../../event-hub/bucket.ts';
import { publishDead, readDead } from '../../../event-hub/dead.ts';
import { consumerLag, streamSummary } from '../../../event-hub/lag.ts';
import { publishFault, publishJournal } from '../../../event-hub/publish.ts';
import {
  newestReports,
  newestReportsOf,
  readFaults,
  readJournal,
} from '../../../event-hub/read.ts';
import { ensureStreams } from '../../../event-hub/streams.ts';
import { faultEvent, journalLine } from '../../support/samples.ts';
import { expectKind, openHub, startHub, type TestHub } from '../../support/hub.ts';
import { startNatsServer } from '../../support/natsServer.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startHub();
});
afterAll(async () => {
  await test.remove();
});

async function configOf(name: string) {
  return (await test.hub.manager.streams.info(name)).config;
}

describe('the streams', () => {
  it('are kept in files, for their time, against deletion', async () => {
    const dayNs = 24 * 3_600 * 1e9;
    const kept = { storage: 'file', retention: 'limits', deny_delete: true, deny_purge: true };
    expect(await configOf('FAULTS')).toMatchObject({
      ...kept,
      subjects: ['fault.>'],
      max_age: 7 * dayNs,
      duplicate_window: 120e9,
    });
    expect(await configOf('JOURNAL')).toMatchObject({ ...kept, max_age: 180 * dayNs });
    expect(await configOf('DEAD')).toMatchObject({ ...kept, subjects: ['dead.>'] });
    expect(await configOf('KV_guard')).toMatchObject({ storage: 'file', max_msgs_per_subject: 1 });
    expect(await configOf('KV_episodes')).toMatchObject({ storage: 'file' });
  });

  it('cannot be purged by anyone', async () => {
    await expect(test.hub.manager.streams.purge('JOURNAL')).rejects.toThrow('purge');
  });

  it('are made once, however many prepare them at the same time', async () => {
    const hubs = await Promise.all([openHub(test.server.url), openHub(test.server.url)]);
    const answers = await Promise.all(hubs.map((hub) => ensureStreams(hub)));
    expect(answers.map(({ kind }) => kind)).toEqual(['ready', 'ready']);
    await Promise.all(hubs.map((hub) => hub.close()));
  });

  it('start empty', async () => {
    const summary = expectKind(await streamSummary(test.hub, 'FAULTS'), 'stream');
    expect(summary).toEqual({ kind: 'stream', messages: 0, bytes: 0, lastSequence: 0 });
  });
});

describe('streams that were deleted', () => {
  it('are told apart from a hub that does not answer, whatever was asked of them', async () => {
    const lost = await startHub();
    const { hub } = lost;
    for (const name of ['FAULTS', 'JOURNAL', 'DEAD']) await hub.manager.streams.delete(name);
    const letter = { cluster: 'c', subject: 'x', sequence: 1, detail: '', body: new Uint8Array() };
    const answers = await Promise.all([
      publishFault(hub, faultEvent()),
      newestReports(hub, 'c'),
      newestReportsOf(hub, 'c', 'n'),
      readFaults(hub, { cluster: 'c', limit: 1 }),
      consumerLag(hub, 'test', 'c'),
      publishJournal(hub, [journalLine()]),
      readJournal(hub, { cluster: 'c' }),
      publishDead(hub, { ...letter, reason: 'malformed' }),
      readDead(hub, 'c'),
    ]);
    expect(answers.map((answer) => 'stream' in answer && answer.stream)).toEqual([
      ...Array.from({ length: 5 }, () => 'FAULTS'),
      ...Array.from({ length: 2 }, () => 'JOURNAL'),
      ...Array.from({ length: 2 }, () => 'DEAD'),
    ]);
    expect(await ensureStreams(hub)).toEqual({
      kind: 'ready',
      made: ['FAULTS', 'JOURNAL', 'DEAD'],
    });
    await lost.remove();
  });

  it('never give a place in FAULTS twice', async () => {
    const lost = await startHub();
    const { hub } = lost;
    const place = async (counter: number): Promise<number> =>
      expectKind(await publishFault(hub, faultEvent({ counter })), 'stored').sequence;
    expect(await place(1)).toBe(1);
    await hub.manager.streams.delete('FAULTS');
    expectKind(await ensureStreams(hub, { former: true }), 'ready');
    const second = await place(2);
    expect(second).toBeGreaterThan(1_000_000);
    // The records alone tell a later process that there was a FAULTS before.
    const bucket = await openBucket(hub, { name: 'episodes', cluster: 'c', parse: () => 1 });
    expectKind(await bucket.put('n', 1), 'written');
    await hub.manager.streams.delete('FAULTS');
    expectKind(await ensureStreams(hub), 'ready');
    expect(await place(3)).toBeGreaterThan(second);
    await lost.remove();
  });
});

describe('streams that somebody else made', () => {
  it('are mended where the server lets us, and kept longer where an administrator wished so', async () => {
    const server = await startNatsServer();
    const hub = await openHub(server.url);
    await hub.manager.streams.add({
      name: 'FAULTS',
      subjects: ['fault.*'],
      max_age: 60e9,
      duplicate_window: 60e9,
    });
    await hub.manager.streams.add({ name: 'JOURNAL', subjects: ['journal.>'], max_age: 0 });
    expect(await ensureStreams(hub)).toEqual({
      kind: 'ready',
      made: ['DEAD', 'KV_episodes', 'KV_guard', 'KV_engine', 'KV_notices'],
    });
    const faults = (await hub.manager.streams.info('FAULTS')).config;
    expect(faults).toMatchObject({ subjects: ['fault.>'], deny_purge: true, allow_direct: true });
    expect(faults.max_age).toBe(7 * 24 * 3_600 * 1e9);
    expect((await hub.manager.streams.info('JOURNAL')).config.max_age).toBe(0);
    await hub.close();
    await server.remove();
  });

  it('that would lose messages are refused with what to do', async () => {
    const server = await startNatsServer();
    const hub = await openHub(server.url);
    await hub.manager.streams.add({ name: 'FAULTS', subjects: ['fault.>'], storage: 'memory' });
    const answer = expectKind(await ensureStreams(hub), 'refused');
    expect(answer.why).toMatch(/FAULTS .* in memory.*nats stream rm FAULTS/);
    await hub.close();
    await server.remove();
  });
});

describe('a server that is not there', () => {
  it('is said at once, unless told to wait', async () => {
    const url = 'nats://127.0.0.1:1';
    const answer = expectKind(await connectHub({ url, name: 'test' }), 'unreachable');
    expect(answer.why).toContain(url);
  });

  it('is waited for until the signal', async () => {
    const given = AbortSignal.timeout(100);
    const answer = await connectHub({
      url: 'nats://127.0.0.1:1',
      name: 'test',
      wait: true,
      signal: given,
    });
    expect(answer.kind).toBe('unreachable');
    expect(given.aborted).toBe(true);
  });
});
