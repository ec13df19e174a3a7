/** Journal entries that JOURNAL has not acknowledged yet: they ride with the next activity. */
import type { JournalEntry, RepairOpening, RepairState } from '../domain/repair/types.ts';
import type { NodeRepairInput } from './contract/index.ts';
import type { Inbox } from './inbox.ts';

type Carried = NonNullable<NodeRepairInput['carried']>;
type Written = Pick<JournalEntry, 'at' | 'command' | 'events' | 'from' | 'to'>;

export class Pending {
  readonly #opening: RepairOpening;
  #entries: JournalEntry[];
  #sequence: number;
  #recording: Promise<void> = Promise.resolve();

  private constructor(opening: RepairOpening, entries: readonly JournalEntry[], sequence: number) {
    this.#opening = opening;
    this.#entries = [...entries];
    this.#sequence = sequence;
  }

  static opened(opening: RepairOpening): Pending {
    const phase = 'awaiting-permit';
    const pending = new Pending(opening, [], 0);
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

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  add(written: Written): void {
    const { repairId, cluster, node } = this.#opening;
    const sequence = this.#sequence;
    const head = { version: 1, repairId, cluster, node, sequence } as const;
    const opening = sequence === 0 && { opening: this.#opening };
    this.#entries.push({ ...head, ...written, by: authorOf(written), ...opening });
    this.#sequence += 1;
  }

  recorded(through: number): void {
    this.#entries = this.#entries.filter((entry) => entry.sequence > through);
  }

  /** One recording at a time goes on beside the repair's waits. */
  inBackground(record: () => Promise<void>): void {
    this.#recording = this.#recording.then(record);
  }

  async settled(): Promise<void> {
    await this.#recording;
  }

  carry(state: RepairState, inbox: Inbox): Carried {
    return { state, inbox: inbox.drain(), pending: this.#entries, sequence: this.#sequence };
  }
}

function authorOf({ events }: Written): string {
  const said = events.find((event) => event.kind === 'cancelRequested');
  return said ? said.by.name : 'slipway';
}
