/** What was said to a repair and not yet folded into its state, in the order it came, and only the newest of a kind. */
import { misheard, readSaid } from '../domain/repair/arrivals.ts';
import type { Arrival, RepairEvent, Unstamped } from '../domain/repair/types.ts';

/** More than all checks of a node and all that people say: what exceeds it is found by the repair's own looks. */
const mostEvents = 200;

export class Inbox {
  #events: RepairEvent[];

  constructor(events: readonly RepairEvent[]) {
    this.#events = [...events];
  }

  /** A signal as anybody may send it; what is meant for another repair of this node is not for us. */
  hear(repairId: string, signal: string, value: unknown): void {
    const said = readSaid(value);
    if (!said) this.mishear(signal, value);
    else if (said.repairId === repairId) this.add(said.arrival);
  }

  /** A signal that no repair has. */
  mishear(signal: string, value: unknown): void {
    this.add(misheard(signal, value));
  }

  /** A flood of one kind stays one event: a later report, boot or wake-up replaces the one before. */
  add(arrival: Unstamped<Arrival>): void {
    const key = keyOf(arrival);
    this.#events = this.#events.filter((event) => keyOf(event) !== key);
    if (this.#events.length < mostEvents) this.#events.push({ ...arrival, at: Date.now() });
  }

  has(matches: (event: RepairEvent) => boolean): boolean {
    return this.#events.some(matches);
  }

  drain(): readonly RepairEvent[] {
    return this.#events.splice(0);
  }
}

function keyOf(event: Unstamped<RepairEvent>): string {
  switch (event.kind) {
    case 'reported':
      return `reported/${event.report.check}`;
    case 'cancelRequested':
      return `cancelRequested/${event.requestId}`;
    case 'lost':
      return `lost/${event.reason}`;
    default:
      return event.kind;
  }
}
