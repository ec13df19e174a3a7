/** Journal entries that JOURNAL has not acknowledged yet: they ride with the next activity. */
import { openedBook, released, withDecided } from '../../domain/repair/entries.ts';
import type { Book, Decided } from '../../domain/repair/entries.ts';
import type {
  JournalEntry,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../../domain/repair/types.ts';
import { carriedVersion } from '../contract/index.ts';
import type { Carried } from '../contract/index.ts';
import type { Inbox } from './inbox.ts';

/** What rides along lies in the history with the activity's input. */
const mostRiding = 20;

export class Pending {
  readonly #opening: RepairOpening;
  #book: Book;
  #recording: Promise<void> = Promise.resolve();
  #isJournalAway = false;

  private constructor(opening: RepairOpening, book: Book) {
    this.#opening = opening;
    this.#book = book;
  }

  static opened(opening: RepairOpening): Pending {
    return new Pending(opening, openedBook(opening));
  }

  static carried(opening: RepairOpening, { pending, sequence }: Carried): Pending {
    return new Pending(opening, { backlog: pending, sequence });
  }

  /** The oldest entries, as many as one step may carry. */
  get next(): readonly JournalEntry[] {
    return this.#book.backlog.ready.slice(0, mostRiding);
  }

  /** What rides with an activity that has something else to do: nothing while the journal does not answer. */
  get riding(): readonly JournalEntry[] {
    return this.#isJournalAway ? [] : this.next;
  }

  /** Everything, what is kept back for counting included: an attempt and an end are journaled with all before them. */
  all(): readonly JournalEntry[] {
    this.#keep(released(this.#book.backlog));
    return this.#book.backlog.ready;
  }

  add(decided: Decided): void {
    this.#book = withDecided(this.#book, this.#opening, decided);
  }

  recorded(through: number): void {
    const { backlog } = this.#book;
    const ready = backlog.ready.filter((entry) => entry.sequence > through);
    this.#isJournalAway = through < 0 && ready.length > 0;
    this.#keep({ ...backlog, ready });
  }

  /** One recording at a time goes on beside the repair's waits. */
  inBackground(record: () => Promise<void>): void {
    this.#recording = this.#recording.then(record);
  }

  async settled(): Promise<void> {
    await this.#recording;
  }

  carry(state: RepairState, inbox: Inbox<RepairEvent>): Carried {
    const { backlog, sequence } = this.#book;
    return { version: carriedVersion, state, inbox: inbox.drain(), pending: backlog, sequence };
  }

  #keep(backlog: Book['backlog']): void {
    this.#book = { ...this.#book, backlog };
  }
}
