/** A repair's part of the journal as it grows. What repeats is in entries.test.ts. */
import { expect, test } from 'vitest';
import { openedBook, withDecided } from '../../../../domain/repair/entries.ts';
import { at, cancel, granted, opening } from '../../../support/given.ts';

const phases = { from: 'awaiting-permit', to: 'awaiting-permit' } as const;
const command = { kind: 'requestPermit' } as const;

test('the first entry alone holds the opening, and each has the next number', () => {
  const first = openedBook(opening());
  const book = withDecided(first, opening(), { ...phases, command, events: [granted], at: at(1) });
  expect(book.sequence).toBe(2);
  const [opened, asked] = book.backlog.ready;
  expect(opened).toMatchObject({ sequence: 0, opening: opening(), by: 'slipway' });
  expect(asked).toMatchObject({ sequence: 1, by: 'slipway', command });
  expect(asked).not.toHaveProperty('opening');
});

test('an entry that holds a person’s words is by that person', () => {
  const decided = { ...phases, command, events: [granted, cancel(1)], at: at(1) };
  const { backlog } = withDecided(openedBook(opening()), opening(), decided);
  expect(backlog.ready.at(-1)).toMatchObject({ by: 'ada' });
});
