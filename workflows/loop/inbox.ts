/** What was said to a workflow, by whatever tool, and not yet folded into its state: in the order it came. */
import {
  CancellationScope,
  defineSignal,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { arriveSignal } from '../contract/shared.ts';

/** How a workflow understands what is said to it. */
export type Ear<Event> = {
  /** Undefined for what is meant for another. */
  readonly understood: (value: unknown, at: EpochMs) => Event | undefined;
  /** A signal that no such workflow has. */
  readonly misheard: (signal: string, value: unknown, at: EpochMs) => Event;
  /** Temporal's own cancellation. */
  readonly cancelled: (at: EpochMs) => Event;
  /** Of several events of one key only the newest is kept. */
  readonly keyOf: (event: Event) => string;
};

/** More than all checks of a node and all that people say: what exceeds it is found by the repair's own looks. */
const mostEvents = 200;

export class Inbox<Event> {
  readonly #ear: Ear<Event>;
  #events: Event[];

  constructor(ear: Ear<Event>, events: readonly Event[]) {
    this.#ear = ear;
    this.#events = [...events];
  }

  /** What is sent is read where it arrives: an error here would stop the workflow for good. */
  listen(): void {
    const { understood, misheard } = this.#ear;
    setHandler(defineSignal<[unknown]>(arriveSignal), (said) =>
      this.#add(understood(said, Date.now())),
    );
    setDefaultSignalHandler((name, said) => this.#add(misheard(name, said, Date.now())));
  }

  /** Temporal's own cancellation is an arrival like others: an activity that it ended would end the undoing too. */
  async uncancelled<T>(work: () => Promise<T>): Promise<T> {
    void CancellationScope.current().cancelRequested.catch(() => {
      this.#add(this.#ear.cancelled(Date.now()));
    });
    return CancellationScope.nonCancellable(work);
  }

  has(matches: (event: Event) => boolean): boolean {
    return this.#events.some(matches);
  }

  drain(): readonly Event[] {
    return this.#events.splice(0);
  }

  /** A flood of one kind stays one event: a later report, boot or wake-up replaces the one before. */
  #add(arrival: Event | undefined): void {
    if (arrival === undefined) return;
    const key = this.#ear.keyOf(arrival);
    this.#events = this.#events.filter((event) => this.#ear.keyOf(event) !== key);
    if (this.#events.length < mostEvents) this.#events.push(arrival);
  }
}
