/** A repair as far as steps before its workflow have brought it: what the workflow goes on from (ADR 21). */
import type { EpochMs } from '../vocabulary/time.ts';
import { openedBook, withDecided } from './entries.ts';
import type { Book } from './entries.ts';
import { evolve, initialState } from './evolve.ts';
import type { Command, RepairEvent, RepairOpening, RepairState } from './types.ts';

export type Begun = { readonly state: RepairState; readonly book: Book };

/** Nothing was done yet. */
export function notBegun(opening: RepairOpening): Begun {
  return { state: initialState(opening), book: openedBook(opening) };
}

/** After one more command, decided at `at`, and what came of it. */
export function afterStep(
  { state: before, book }: Begun,
  opening: RepairOpening,
  { at, command, event }: { at: EpochMs; command: Command; event: RepairEvent },
): Begun {
  const state = evolve(before, event);
  const decided = { at, command, events: [event], from: before.phase, to: state.phase };
  return { state, book: withDecided(book, opening, decided) };
}
