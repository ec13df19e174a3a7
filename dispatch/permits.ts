/** Wakes repairs that wait for a permit as soon as one came free (ADR 11). */
import type { Bucket } from '../event-hub/index.ts';
import type { GuardRecord } from '../schemas/wire/guardRecord.ts';
import type { Records } from './records.ts';
import type { Voice } from './voice.ts';

type Waiter = Extract<GuardRecord, { readonly kind: 'waiter' }>;

export type Permits = {
  /** Lets the longest waiting repairs look again; for when nodes came back by other ways than a release. */
  readonly wake: () => void;
  /** All that have a place among the waiters. */
  readonly waiters: () => readonly Waiter[];
  /** Follows the ledger until the signal. */
  readonly follow: (signal: AbortSignal) => Promise<void>;
};

/** More than one is woken, since some will find their fault gone; the guard alone decides who gets the permit. */
const wokenAtOnce = 10;

export function createPermits(options: {
  readonly bucket: Bucket<GuardRecord>;
  readonly records: Records;
  readonly voice: Voice;
  readonly onTrouble: (trouble: string) => void;
}): Permits {
  const waiters = new Map<string, Waiter>();
  let permits = new Set<string>();
  const wake = (): void => {
    // A repair that got its permit keeps its place among the waiters until it gives both up.
    const waiting = [...waiters.values()].filter(({ repairId }) => !permits.has(repairId));
    const longest = waiting.toSorted((one, other) => one.since - other.since);
    for (const { node } of longest.slice(0, wokenAtOnce)) {
      const record = options.records.get(node);
      if (record)
        void options.voice.tell(record, { kind: 'lookAgain', because: 'a permit came free' });
    }
  };
  /** The waiters were in the bucket that was lost, so each open repair is told to look. */
  const wakeAll = (): void => {
    const open = options.records.all().filter(({ episode }) => episode && !episode.outcome);
    for (const record of open)
      void options.voice.tell(record, { kind: 'lookAgain', because: 'the permit ledger was lost' });
  };
  return {
    wake,
    waiters: () => [...waiters.values()],
    follow: (signal) =>
      options.bucket.watch((change) => {
        if (change.kind === 'renewed') {
          waiters.clear();
          permits.clear();
          wakeAll();
        }
        if (change.kind === 'corrupt')
          options.onTrouble(`${change.key} of the permit ledger cannot be read: ${change.why}`);
        if (change.kind === 'removed') waiters.delete(change.key);
        if (change.kind !== 'found') return;
        if (change.value.kind === 'waiter') {
          waiters.set(change.key, change.value);
          return;
        }
        if (change.value.kind !== 'ledger') return;
        const before = permits.size;
        permits = new Set(change.value.ledger.permits.map(({ repairId }) => repairId));
        if (permits.size < before) wake();
      }, signal),
  };
}
