/** Where a handed-over repair can be taken up again: one rule for the command and for those who advise it. */
import type { JournalEntry } from './types.ts';

/** The rung after the last one that was tried; `untried` where none was. At the ladder's end nothing is left. */
export function rungAfter(
  entries: readonly Pick<JournalEntry, 'events'>[],
  untried: number,
): number {
  const tried = entries.flatMap(({ events }) =>
    events.flatMap((event) => (event.kind === 'attempted' ? [event.rung] : [])),
  );
  return tried.length === 0 ? untried : Math.max(...tried) + 1;
}
