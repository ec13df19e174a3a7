/** What a change believes and when it gives up; that writers do not overwrite each other is shown on a real hub. */
import { expect, test } from 'vitest';
import { changeAt } from '../../../event-hub/change.ts';
import type { Known, RecordPlace } from '../../../event-hub/change.ts';

/** A place whose record others change `ahead` times, each right before a write. */
function place(record: Known<string> | undefined, ahead = 0): RecordPlace<string> {
  let now = record;
  let left = ahead;
  return {
    name: 'the record',
    read: async () => ({ kind: 'read', record: now }),
    write: async (value, revision) => {
      if (left > 0) {
        left -= 1;
        now = { value: `other ${left}`, revision: (now?.revision ?? 0) + 1 };
      }
      if (revision !== now?.revision) return { kind: 'conflict' };
      now = { value, revision: (revision ?? 0) + 1 };
      return { kind: 'written', revision: (revision ?? 0) + 1 };
    },
  };
}

test('a change is made of what others wrote meanwhile, and tells the result of that', async () => {
  expect(
    await changeAt(place({ value: 'old', revision: 1 }, 2), (text) => ({
      value: 'new',
      result: text,
    })),
  ).toEqual({ kind: 'changed', record: { value: 'new', revision: 4 }, result: 'other 0' });
});

test('a change that never comes first says so', async () => {
  expect(
    await changeAt(place(undefined, 1_000), () => ({ value: 'new', result: undefined })),
  ).toEqual({ kind: 'contended', why: 'the record changed under every try to change it' });
});

test('what a mirror has is believed where it leads to a write, and read where it leads to none', async () => {
  const at = place({ value: 'hub', revision: 7 });
  const mirrored = { record: { value: 'mirror', revision: 7 } };
  expect(
    await changeAt({ ...at, mirrored }, (text) => ({ value: text, result: text })),
  ).toMatchObject({ kind: 'changed', result: 'hub' });
  expect(
    await changeAt({ ...at, mirrored }, (text) => ({ value: `${text}+`, result: text })),
  ).toMatchObject({ kind: 'changed', record: { revision: 8 }, result: 'mirror' });
});

test('a record that the hub lost is written again, though the change leaves it as it is', async () => {
  const at = place(undefined);
  const mirrored = { record: { value: 'kept here', revision: undefined } };
  expect(
    await changeAt({ ...at, mirrored }, (value) => ({ value, result: undefined })),
  ).toMatchObject({ kind: 'changed', record: { value: 'kept here', revision: 1 } });
});

test.each([
  { kind: 'corrupt', revision: 3, why: 'not a record' } as const,
  { kind: 'unreachable', why: 'the hub did not answer' } as const,
])('a record that is $kind is not changed', async (answer) => {
  const at: RecordPlace<string> = { ...place(undefined), read: async () => answer };
  expect(await changeAt(at, () => ({ value: 'new', result: undefined }))).toEqual(answer);
});
