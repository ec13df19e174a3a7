import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBucket, type Bucket, type Told } from '../../../event-hub/bucket.ts';
import { ensureStreams } from '../../../event-hub/streams.ts';
import { expectKind, openHub, startHub, type TestHub } from '../../support/hub.ts';

type Note = { text: string };

let test: TestHub;
beforeAll(async () => {
  test = await startHub();
});
afterAll(async () => {
  await test.remove();
});

function open(cluster: string, hub = test.hub): Promise<Bucket<Note>> {
  return openBucket(hub, { name: 'episodes', cluster, parse: parseNote });
}

function parseNote(value: unknown): Note | undefined {
  const text = (value as Partial<Note>).text;
  return typeof text === 'string' ? { text } : undefined;
}

/** What a watcher knows, as a map, and the log of all it was told. */
function makeWatcher(bucket: Bucket<Note>) {
  const controller = new AbortController();
  const known = new Map<string, string>();
  const log: Told<Note>[] = [];
  const ready = bucket.watch((change) => {
    log.push(change);
    if (change.kind === 'renewed') return known.clear();
    if (change.kind === 'removed') return void known.delete(change.key);
    return void known.set(change.key, change.kind === 'found' ? change.value.text : 'corrupt');
  }, controller.signal);
  return { known, log, ready, stop: () => controller.abort() };
}

describe('a record', () => {
  it('is created once, changed only from the revision that was read, and removed', async () => {
    const bucket = await open('one');
    expect(await bucket.get('n.1/ä')).toEqual({ kind: 'absent' });
    const made = expectKind(await bucket.create('n.1/ä', { text: 'a' }), 'written');
    expect(await bucket.create('n.1/ä', { text: 'b' })).toEqual({ kind: 'conflict' });
    const next = expectKind(await bucket.update('n.1/ä', { text: 'b' }, made.revision), 'written');
    expect(await bucket.update('n.1/ä', { text: 'c' }, made.revision)).toEqual({
      kind: 'conflict',
    });
    expect(await bucket.get('n.1/ä')).toEqual({
      kind: 'found',
      value: { text: 'b' },
      revision: next.revision,
    });
    expect(await bucket.remove('n.1/ä', made.revision)).toEqual({ kind: 'conflict' });
    expect(await bucket.remove('n.1/ä', next.revision)).toEqual({ kind: 'removed' });
    expect(await bucket.get('n.1/ä')).toEqual({ kind: 'absent' });
    expectKind(await bucket.create('n.1/ä', { text: 'again' }), 'written');
  });

  it('has one winner among many writers', async () => {
    const bucket = await open('race');
    const { revision } = expectKind(await bucket.put('k', { text: '' }), 'written');
    const writers = Array.from({ length: 50 }, (_, n) =>
      bucket.update('k', { text: `${n}` }, revision),
    );
    const kinds = (await Promise.all(writers)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'written')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'conflict')).toHaveLength(49);
  });

  it('is changed by each of many who change it at once, and each is told what came of its own change', async () => {
    const bucket = await open('change');
    const changes = Array.from({ length: 10 }, (_, n) =>
      bucket.change('k', (note) => {
        const text = `${note?.text ?? ''}${n}`;
        return { value: { text }, result: text };
      }),
    );
    const results = (await Promise.all(changes)).map(
      (changed) => expectKind(changed, 'changed').result,
    );
    const { value } = expectKind(await bucket.get('k'), 'found');
    expect(value.text.split('').toSorted().join('')).toBe('0123456789');
    expect(results.map((text) => text.length).toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  it('is not written by a change that wants nothing', async () => {
    const bucket = await open('still');
    const nothing = await bucket.change('k', (note) => ({ value: note, result: 'nothing' }));
    expect(nothing).toEqual({ kind: 'changed', record: undefined, result: 'nothing' });
    const { revision } = expectKind(await bucket.put('k', { text: 'a' }), 'written');
    await bucket.change('k', (note) => ({ value: note, result: undefined }));
    expect(expectKind(await bucket.get('k'), 'found').revision).toBe(revision);
  });

  it('of one cluster is unknown to another', async () => {
    const [one, other] = [await open('c-1'), await open('c-2')];
    await one.put('same', { text: 'mine' });
    expect(await other.get('same')).toEqual({ kind: 'absent' });
  });

  it.each(['{"text":1}', 'not json', 'null'])(
    'that is %s is corrupt, never absent',
    async (body) => {
      const bucket = await open('corrupt');
      await test.hub.jetstream.publish('$KV.episodes.corrupt.k', body);
      expect((await bucket.get('k')).kind).toBe('corrupt');
    },
  );
});

describe('watching', () => {
  it('tells what there is, then each change', async () => {
    const bucket = await open('watch');
    await bucket.put('old.1', { text: 'a' });
    const { revision } = expectKind(await bucket.put('gone', { text: 'a' }), 'written');
    await bucket.remove('gone', revision);
    const watcher = makeWatcher(bucket);
    await watcher.ready;
    expect([...watcher.known]).toEqual([['old.1', 'a']]);
    await bucket.put('new', { text: 'b' });
    await bucket.remove('old.1');
    await expect.poll(() => [...watcher.known]).toEqual([['new', 'b']]);
    watcher.stop();
  });

  it('of an empty bucket is ready at once, and tells corrupt records as such', async () => {
    const watcher = makeWatcher(await open('empty'));
    await watcher.ready;
    await test.hub.jetstream.publish('$KV.episodes.empty.k', '{}');
    await expect.poll(() => watcher.known.get('k')).toBe('corrupt');
    watcher.stop();
  });

  it('goes on after the server was killed, and tells what went missing meanwhile', async () => {
    const hub = await openHub(test.server.url);
    const bucket = await open('killed', hub);
    await bucket.put('kept', { text: 'a' });
    const watcher = makeWatcher(bucket);
    await watcher.ready;
    await test.server.kill();
    expectKind(await bucket.put('kept', { text: 'lost' }), 'unreachable');
    await test.server.start();
    await expect
      .poll(async () => (await bucket.put('kept', { text: 'b' })).kind, { timeout: 10_000 })
      .toBe('written');
    await expect.poll(() => watcher.known.get('kept'), { timeout: 10_000 }).toBe('b');
    watcher.stop();
    await hub.close();
  });

  it('tells of records that vanished without a trace while it did not look', async () => {
    const hub = await openHub(test.server.url);
    const bucket = await open('vanished', hub);
    await bucket.put('kept', { text: 'a' });
    await bucket.put('lost', { text: 'a' });
    const watcher = makeWatcher(bucket);
    await watcher.ready;
    await test.hub.manager.streams.purge('KV_episodes', { filter: '$KV.episodes.vanished.lost' });
    await hub.connection.reconnect();
    await expect.poll(() => [...watcher.known.keys()], { timeout: 10_000 }).toEqual(['kept']);
    watcher.stop();
    await hub.close();
  });

  it('says that the bucket was deleted and made again, and tells what the new one holds', async () => {
    const hub = await openHub(test.server.url);
    const bucket = await open('renewed', hub);
    await bucket.put('former', { text: 'a' });
    const watcher = makeWatcher(bucket);
    await watcher.ready;
    await test.hub.manager.streams.delete('KV_episodes');
    expect(await bucket.put('later', { text: 'b' })).toEqual({
      kind: 'missing',
      stream: 'KV_episodes',
      why: 'the hub has no stream KV_episodes, or nobody serves it',
    });
    expect(await bucket.get('later')).toMatchObject({ kind: 'missing' });
    expect(await bucket.get('later', 'leader')).toMatchObject({ kind: 'missing' });
    expect(await ensureStreams(test.hub)).toEqual({ kind: 'ready', made: ['KV_episodes'] });
    expectKind(await bucket.create('later', { text: 'b' }), 'written');
    await expect.poll(() => [...watcher.known], { timeout: 10_000 }).toEqual([['later', 'b']]);
    expect(watcher.log.map(({ kind }) => kind)).toEqual(['found', 'renewed', 'found']);
    watcher.stop();
    await hub.close();
  });

  it('is ready when its signal is raised, even without a server', async () => {
    const hub = await openHub(test.server.url);
    const bucket = await open('stopped', hub);
    await hub.close();
    const watcher = makeWatcher(bucket);
    watcher.stop();
    await watcher.ready;
    expect(watcher.log).toEqual([]);
  });
});
