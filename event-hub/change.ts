/** Changing a record by compare-and-set: read, make the new value, write it, and again where somebody else was faster. */
import type { HubFailure } from './connection.ts';

export type Found<T> = { readonly kind: 'found'; readonly value: T; readonly revision: number };
export type Corrupt = { readonly kind: 'corrupt'; readonly revision: number; readonly why: string };
export type RecordWritten = { readonly kind: 'written'; readonly revision: number };
export type Conflict = { readonly kind: 'conflict' };

/** A record as it is known; without a revision it is known here and gone from the hub. */
export type Known<T> = { readonly value: T; readonly revision: number | undefined };

/** What a change wants. No value, or the very same, writes nothing. `result` goes to whoever asked for the change. */
export type Made<T, R> = { readonly value: T | undefined; readonly result: R };

/** May be asked several times, each time with the record as it stands then; only its last answer counts. */
export type Make<T, R> = (value: T | undefined) => Made<T, R> | Promise<Made<T, R>>;

/** `contended`: others were faster each time. `record`: what stands on the hub now. */
export type Changed<T, R> =
  | { readonly kind: 'changed'; readonly record: Known<T> | undefined; readonly result: R }
  | { readonly kind: 'contended'; readonly why: string }
  | Corrupt
  | HubFailure;

type ReadRecord<T> = { readonly kind: 'read'; readonly record: Known<T> | undefined };

/** Where one record is read and written. */
export type RecordPlace<T> = {
  readonly name: string;
  /** What a mirror has, or has not: tried first, and not believed where it leads to no write. */
  readonly mirrored?: { readonly record: Known<T> | undefined };
  readonly read: () => Promise<ReadRecord<T> | Corrupt | HubFailure>;
  readonly write: (
    value: T,
    revision: number | undefined,
  ) => Promise<RecordWritten | Conflict | HubFailure>;
};

const mostTries = 20;

export async function changeAt<T, R>(
  place: RecordPlace<T>,
  make: Make<T, R>,
): Promise<Changed<T, R>> {
  if (place.mirrored) {
    const quick = await tryChange(place, place.mirrored.record, make);
    if (quick.kind !== 'conflict' && quick.kind !== 'unchanged') return quick;
  }
  for (let tries = 0; tries < mostTries; tries += 1) {
    const read = await place.read();
    if (read.kind !== 'read') return read;
    const tried = await tryChange(place, read.record, make);
    if (tried.kind === 'unchanged') return { ...tried, kind: 'changed' };
    if (tried.kind !== 'conflict') return tried;
  }
  return { kind: 'contended', why: `${place.name} changed under every try to change it` };
}

type Unchanged<T, R> = Omit<Extract<Changed<T, R>, { kind: 'changed' }>, 'kind'> & {
  readonly kind: 'unchanged';
};

async function tryChange<T, R>(
  place: RecordPlace<T>,
  known: Known<T> | undefined,
  make: Make<T, R>,
): Promise<Changed<T, R> | Conflict | Unchanged<T, R>> {
  const { value, result } = await make(known?.value);
  if (value === undefined || isKept(value, known))
    return { kind: 'unchanged', record: known, result };
  const written = await place.write(value, known?.revision);
  if (written.kind !== 'written') return written;
  return { kind: 'changed', record: { value, revision: written.revision }, result };
}

/** What the hub lost is written again. */
function isKept<T>(value: T, known: Known<T> | undefined): boolean {
  return value === known?.value && known.revision !== undefined;
}
