/** What every bucket keeps to, on the hub and in memory. What a watch does across lost connections is in test/int. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bucket, Told } from '../../../event-hub/bucket.ts';
import { expectKind } from '../../support/hub.ts';

export type Note = { readonly text: string };

export type BucketWorld = {
  readonly bucket: Bucket<Note>;
  /** Writes a text past the bucket's own functions. */
  readonly spoil: (key: string, text: string) => Promise<void>;
  /** Nothing is answered from now on. */
  readonly cut: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

export function parseNote(value: unknown): Note | undefined {
  const { text } = value as Partial<Note>;
  return typeof text === 'string' ? { text } : undefined;
}

export function describeBucket(name: string, makeWorld: () => Promise<BucketWorld>): void {
  describe(`a bucket ${name}`, () => {
    let world: BucketWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(async () => {
      await world.remove();
    });

    it('creates a record once', async () => {
      const { bucket } = world;
      expect(await bucket.get('made')).toEqual({ kind: 'absent' });
      const { revision } = expectKind(await bucket.create('made', { text: 'a' }), 'written');
      expect(await bucket.create('made', { text: 'b' })).toEqual({ kind: 'conflict' });
      const found = { kind: 'found', value: { text: 'a' }, revision };
      expect(await bucket.get('made')).toEqual(found);
      expect(await bucket.get('made', 'leader')).toEqual(found);
    });

    it('changes a record only from the revision that was read', async () => {
      const { bucket } = world;
      const first = expectKind(await bucket.put('kept', { text: 'a' }), 'written').revision;
      const next = await bucket.update('kept', { text: 'b' }, first);
      expect(expectKind(next, 'written').revision).toBeGreaterThan(first);
      expect(await bucket.update('kept', { text: 'c' }, first)).toEqual({ kind: 'conflict' });
      expect(await bucket.update('never', { text: 'c' }, first)).toEqual({ kind: 'conflict' });
    });

    it('removes a record, from a revision or from any', async () => {
      const { bucket } = world;
      const { revision } = expectKind(await bucket.put('gone', { text: 'a' }), 'written');
      expect(await bucket.remove('gone', revision + 1_000)).toEqual({ kind: 'conflict' });
      expect(await bucket.remove('gone', revision)).toEqual({ kind: 'removed' });
      expect(await bucket.get('gone')).toEqual({ kind: 'absent' });
      expect(await bucket.remove('gone')).toEqual({ kind: 'removed' });
      expectKind(await bucket.create('gone', { text: 'again' }), 'written');
    });

    it('takes the change of each of many, one after the other', async () => {
      const { bucket } = world;
      const changes = Array.from({ length: 5 }, (_, n) =>
        bucket.change('many', (note) => ({
          value: { text: `${note?.text ?? ''}${n}` },
          result: n,
        })),
      );
      const results = (await Promise.all(changes)).map((one) => expectKind(one, 'changed').result);
      expect(results).toEqual([0, 1, 2, 3, 4]);
      const { text } = expectKind(await bucket.get('many'), 'found').value;
      expect(text.split('').toSorted().join('')).toBe('01234');
    });

    it('writes nothing for a change that wants nothing', async () => {
      const { bucket } = world;
      const none = await bucket.change('still', (note) => ({ value: note, result: 'none' }));
      expect(none).toEqual({ kind: 'changed', record: undefined, result: 'none' });
      expect(await bucket.get('still')).toEqual({ kind: 'absent' });
      const { revision } = expectKind(await bucket.put('still', { text: 'a' }), 'written');
      await bucket.change('still', (note) => ({ value: note, result: undefined }));
      expect(await bucket.get('still')).toMatchObject({ revision });
    });

    it.each(['{"text":1}', 'not json'])('takes %s for corrupt, never for absent', async (text) => {
      const { bucket, spoil } = world;
      await spoil('spoilt', text);
      expect((await bucket.get('spoilt')).kind).toBe('corrupt');
      const change = await bucket.change('spoilt', () => ({ value: { text: 'b' }, result: 0 }));
      expect(change.kind).toBe('corrupt');
    });

    it('tells what there is, then each change, until the signal', async () => {
      const { bucket } = world;
      await bucket.put('told', { text: 'a' });
      const stop = new AbortController();
      const told: string[] = [];
      await bucket.watch((change) => void told.push(textOf(change)), stop.signal);
      expect(told).toContain('told a');
      await bucket.put('told', { text: 'b' });
      await bucket.remove('told');
      await expect
        .poll(() => told.filter((one) => one.startsWith('told')))
        .toEqual(['told a', 'told b', 'told removed']);
      stop.abort();
    });

    it('answers nothing while the hub is away', async () => {
      const { bucket, cut } = world;
      const { revision } = expectKind(await bucket.put('cut', { text: 'a' }), 'written');
      await cut();
      const note = { text: 'b' };
      const answers = await Promise.all([
        bucket.get('cut'),
        bucket.put('cut', note),
        bucket.create('other', note),
        bucket.update('cut', note, revision),
        bucket.remove('cut'),
        bucket.change('cut', () => ({ value: note, result: 0 })),
      ]);
      expect(answers.map(({ kind }) => kind)).toEqual(Array(6).fill('unreachable'));
    });
  });
}

function textOf(change: Told<Note>): string {
  if (change.kind === 'renewed') return 'renewed';
  return `${change.key} ${change.kind === 'found' ? change.value.text : change.kind}`;
}
