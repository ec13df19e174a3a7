/** Journal entries that JOURNAL has not acknowledged yet: they ride with the next activity. */
import { emptyBacklog, released, withEntry } from '../../domain/repair/entries.ts';
import type { Backlog } from '../../domain/repair/entries.ts';
import type {
  JournalEntry,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../../domain/repair/types.ts';
import { carriedVersion } from '../contract/index.ts';
import type { NodeRepairInput } from '../contract/index.ts';
import type { Inbox } from './inbox.ts';

type Carried = NonNullable<NodeRepairInput['carried']>;
type Written = Pick<JournalEntry, 'at' | 'command' | 'events' | 'from' | 'to'>;

/** What rides along lies in the history with the activity's input. */
const mostRiding = 20;

export class Pending {
  readonly #opening: RepairOpening;
  #backlog: Backlog;
  #sequence: number;
  #recording: Promise<void> = Promise.resolve();
  #isJournalAway = false;

  private constructor(opening: RepairOpening, backlog: Backlog, sequence: number) {
    this.#opening = opening;
    this.#backlog = backlog;
    this.#sequence = sequence;
  }

  static opened(opening: RepairOpening): Pending {
    const phase = 'awaiting-permit';
    const pending = new Pending(opening, emptyBacklog, 0);
    pending.add({
      at: opening.openedAt,
      command: { kind: 'open' },
      events: [],
      from: phase,
      to: phase,
    });
    return pending;
  }

  static carried(opening: RepairOpening, { pending, sequence }: Carried): Pending {
    return new Pending(opening, pending, sequence);
  }

  /** The oldest entries, as many as one step may carry. */
  get next(): readonly JournalEntry[] {
    return this.#backlog.ready.slice(0, mostRiding);
  }

  /** What rides with an activity that has something else to do: nothing while the journal does not answer. */
  get riding(): readonly JournalEntry[] {
    return this.#isJournalAway ? [] : this.next;
  }

  /** Everything, what is kept back for counting included: an attempt and an end are journaled with all before them. */
  all(): readonly JournalEntry[] {
    this.#backlog = released(this.#backlog);
    return this.#backlog.ready;
  }

  add(written: Written): void {
    const { repairId, cluster, node } = this.#opening;
    const sequence = this.#sequence;
    const head = { version: 1, repairId, cluster, node, sequence } as const;
    const opening = sequence === 0 && { opening: this.#opening };
    const entry = { ...head, ...written, by: authorOf(written), ...opening };
    this.#backlog = withEntry(this.#backlog, entry);
    this.#sequence += 1;
  }

  recorded(through: number): void {
    const ready = this.#backlog.ready.filter((entry) => entry.sequence > through);
    this.#isJournalAway = through < 0 && ready.length > 0;
    this.#backlog = { ...this.#backlog, ready };
  }

  /** One recording at a time goes on beside the repair's waits. */
  inBackground(record: () => Promise<void>): void {
    this.#recording = this.#recording.then(record);
  }

  async settled(): Promise<void> {
    await this.#recording;
  }

  carry(state: RepairState, inbox: Inbox<RepairEvent>): Carried {
    const sequence = this.#sequence;
    return {
      version: carriedVersion,
      state,
      inbox: inbox.drain(),
      pending: this.#backlog,
      sequence,
    };
  }
}

function authorOf({ events }: Written): string {
  const said = events.find((event) => event.kind === 'cancelRequested');
  return said ? said.by.name : 'slipway';
}
