/** The episode records of a cluster: kept on the hub, mirrored here, changed by compare-and-set alone. */
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { Bucket } from '../event-hub/index.ts';

export type Records = {
  readonly get: (node: string) => EpisodeRecord | undefined;
  readonly all: () => readonly EpisodeRecord[];
  /**
   * Replaces a node's record by what `change` makes of it; asked again if somebody else was faster. A change to the
   * very same record writes nothing. Undefined: nothing to change, or the hub did not take it and its effect is unknown.
   */
  readonly change: (node: string, change: Change) => Promise<EpisodeRecord | undefined>;
  /** Told of every record once at the start and at each change, also by others. */
  readonly onChange: (listener: (record: EpisodeRecord) => void) => void;
  /** Resolves once all records there are have been read. */
  readonly follow: (signal: AbortSignal) => Promise<void>;
};

/** Undefined leaves a missing record missing. */
export type Change = (record: EpisodeRecord | undefined) => EpisodeRecord | undefined;
type Kept = { readonly value: EpisodeRecord; readonly revision: number };

const casTries = 20;

export function openRecords(bucket: Bucket<EpisodeRecord>): Records {
  const kept = new Map<string, Kept>();
  const listeners: ((record: EpisodeRecord) => void)[] = [];
  const keep = (node: string, value: EpisodeRecord, revision: number): void => {
    if ((kept.get(node)?.revision ?? 0) < revision) kept.set(node, { value, revision });
  };
  return {
    get: (node) => kept.get(node)?.value,
    all: () => [...kept.values()].map(({ value }) => value),
    onChange: (listener) => void listeners.push(listener),
    follow: (signal) =>
      bucket.watch((change) => {
        if (change.kind === 'removed') kept.delete(change.key);
        if (change.kind !== 'found') return;
        keep(change.key, change.value, change.revision);
        for (const listener of listeners) listener(change.value);
      }, signal),
    change: async (node, change) => {
      let known = kept.get(node);
      for (let tries = 0; tries < casTries; tries += 1) {
        const value = change(known?.value);
        if (!value || value === known?.value) return value;
        const written = await write(bucket, node, value, known?.revision);
        if (written.kind === 'written') {
          keep(node, value, written.revision);
          return value;
        }
        if (written.kind !== 'conflict') return undefined;
        const fresh = await readKept(bucket, node);
        if (fresh === 'unreadable') return undefined;
        known = fresh;
      }
      return undefined;
    },
  };
}

function write(
  bucket: Bucket<EpisodeRecord>,
  node: string,
  value: EpisodeRecord,
  revision: number | undefined,
): ReturnType<Bucket<EpisodeRecord>['create']> {
  return revision === undefined ? bucket.create(node, value) : bucket.update(node, value, revision);
}

async function readKept(
  bucket: Bucket<EpisodeRecord>,
  node: string,
): Promise<Kept | undefined | 'unreadable'> {
  const found = await bucket.get(node);
  if (found.kind === 'absent') return undefined;
  return found.kind === 'found' ? { value: found.value, revision: found.revision } : 'unreadable';
}
