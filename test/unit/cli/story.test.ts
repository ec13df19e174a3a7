/** A repair's story: what was counted is told with its count, and a gap in the journal is told as one. */
import { expect, test } from 'vitest';
import { storyOf } from '../../../cli/words/story.ts';
import type { JournalEntry } from '../../../domain/repair/types.ts';
import { after, at, granted } from '../../support/given.ts';
import { turn } from '../../support/recorded.ts';
import { logOf } from '../../support/screens.ts';

const refused = after(10, { kind: 'refused', reason: 'hub-unreadable', detail: 'no answer' });

function notesOf(
  ...changes: readonly Partial<JournalEntry>[]
): readonly (readonly [string, number])[] {
  const log = logOf([turn(at(1), granted), turn(at(10), refused)]);
  const last = log.entries.at(-1);
  if (!last) throw new Error('the log has entries');
  const more = changes.map((change, index) => ({
    ...last,
    sequence: last.sequence + index + 1,
    events: [],
    ...change,
  }));
  const { visits } = storyOf({ ...log, entries: [...log.entries, ...more] }, undefined);
  return visits
    .flatMap(({ notes }) => notes.map(({ text, times }) => [text, times] as const))
    .slice(1);
}

test('a refusal that was counted in the journal is told as often as it happened', () => {
  const again = { events: [refused], repeated: { times: 49, until: at(500) } };
  expect(notesOf(again)).toEqual([['refused: hub-unreadable (no answer)', 50]]);
});

test('what was left out of the journal, or could not be written, is told where it lacks', () => {
  const notes = notesOf(
    { command: { kind: 'leftOut', entries: 60 } },
    { command: { kind: 'unwritable' } },
  );
  expect(notes.slice(1).map(([text]) => text)).toEqual([
    'entries left out here, since the journal did not answer for too long: 60',
    'an entry that could not be journaled',
  ]);
});
