/** What was said to a repair and not yet folded into its state, in the order it came. */
import type { RepairEvent } from '../domain/repair/types.ts';

export class Inbox {
  #events: RepairEvent[];

  constructor(events: readonly RepairEvent[]) {
    this.#events = [...events];
  }

  add(event: RepairEvent): void {
    this.#events.push(event);
  }

  has(matches: (event: RepairEvent) => boolean): boolean {
    return this.#events.some(matches);
  }

  drain(): readonly RepairEvent[] {
    return this.#events.splice(0);
  }
}
