/**
 * The episode records of a cluster: kept on the hub, changed by compare-and-set alone, and mirrored here for as long as
 * the process lives, since its workers close repairs whether or not it leads.
 */
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import { changeAt } from '../event-hub/index.ts';
import type { Bucket, Known, Made, RecordPlace } from '../event-hub/index.ts';

export type Records = {
  readonly get: (node: string) => EpisodeRecord | undefined;
  readonly all: () => readonly EpisodeRecord[];
  /** From the hub itself; not ok where it does not answer or the record cannot be read. */
  readonly read: (
    node: string,
  ) => Promise<
    { readonly ok: true; readonly record: EpisodeRecord | undefined } | { readonly ok: false }
  >;
  /**
   * Replaces a node's record by what `change` makes of it; asked again if somebody else was faster. A change to the
   * very same record, or to none, writes nothing, and is believed only of a record that was read just now.
   */
  readonly change: (node: string, change: RecordChange) => Promise<RecordChanged>;
  /** The same with a result, which is that of the change that counted. */
  readonly changeWith: <R>(
    node: string,
    make: (record: EpisodeRecord | undefined) => Made<EpisodeRecord, R>,
  ) => Promise<RecordChangedWith<R>>;
  /** Removes this very record; one that changed meanwhile stays. */
  readonly forget: (record: EpisodeRecord) => Promise<void>;
  /** Told of each change of a record, also by others, and of some twice, until the answer is called. */
  readonly onChange: (listener: (record: EpisodeRecord) => void) => () => void;
  /** Once per process. Resolves once all records there are have been read. */
  readonly follow: (signal: AbortSignal) => Promise<void>;
  /** Nodes whose record cannot be read: it is left as it is, and nothing is opened there. */
  readonly corrupt: () => readonly string[];
};

/** Undefined leaves a missing record missing. */
export type RecordChange = (record: EpisodeRecord | undefined) => EpisodeRecord | undefined;

/** `missing`: there is none, and none was wanted. `failed`: the hub did not take it, or its effect is unknown. */
export type RecordChanged =
  | { readonly kind: 'kept'; readonly record: EpisodeRecord }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly why: string };

export type RecordChangedWith<R> =
  | (Extract<RecordChanged, { kind: 'kept' | 'missing' }> & { readonly result: R })
  | Extract<RecordChanged, { kind: 'failed' }>;

/** Without a revision: it is no longer on the hub. */
type KnownRecord = Known<EpisodeRecord>;

type Mirror = {
  readonly bucket: Bucket<EpisodeRecord>;
  readonly kept: Map<string, KnownRecord>;
  readonly corrupt: Map<string, number>;
  readonly listeners: Set<(record: EpisodeRecord) => void>;
  readonly onTrouble: (trouble: string) => void;
};

export function openRecords(
  bucket: Bucket<EpisodeRecord>,
  onTrouble: (trouble: string) => void = () => undefined,
): Records {
  const listeners = new Set<(record: EpisodeRecord) => void>();
  const mirror: Mirror = { bucket, kept: new Map(), corrupt: new Map(), listeners, onTrouble };
  const { kept, corrupt } = mirror;
  return {
    get: (node) => kept.get(node)?.value,
    all: () => [...kept.values()].map(({ value }) => value),
    corrupt: () => [...corrupt.keys()],
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: async (node) => {
      const fresh = await readFresh(mirror, node);
      return fresh.kind === 'read' ? { ok: true, record: fresh.record?.value } : { ok: false };
    },
    forget: async (record) => {
      const known = kept.get(record.node);
      if (known?.value !== record) return;
      const removed = await bucket.remove(record.node, known.revision);
      if (removed.kind === 'removed' && kept.get(record.node) === known) kept.delete(record.node);
    },
    follow: (signal) => bucket.watch((told) => follow(mirror, told), signal),
    change: (node, change) => changeRecord(mirror, node, change),
    changeWith: (node, make) => changeWith(mirror, node, make),
  };
}

type RecordTold = Parameters<Parameters<Bucket<EpisodeRecord>['watch']>[0]>[0];

function follow(mirror: Mirror, told: RecordTold): void {
  const { kept, corrupt, listeners, onTrouble } = mirror;
  switch (told.kind) {
    case 'renewed':
      void restore(mirror);
      return;
    case 'removed':
      kept.delete(told.key);
      corrupt.delete(told.key);
      return;
    case 'corrupt':
      if (corrupt.get(told.key) === told.revision) return;
      corrupt.set(told.key, told.revision);
      onTrouble(`the record of node ${told.key} cannot be read: ${told.why}`);
      return;
    case 'found':
      corrupt.delete(told.key);
      keep(mirror, told.key, told);
      for (const listener of listeners) listener(told.value);
      return;
  }
}

/** The records that this process knows outlive a bucket that is deleted. */
async function restore(mirror: Mirror): Promise<void> {
  const { kept, corrupt, onTrouble } = mirror;
  corrupt.clear();
  const nodes = [...kept.keys()];
  for (const [node, { value }] of kept) kept.set(node, { value, revision: undefined });
  const done = [];
  for (const node of nodes) done.push(await changeRecord(mirror, node, (record) => record));
  const failures = done.filter(({ kind }) => kind === 'failed').length;
  onTrouble(
    `the bucket of records was lost and made again: of ${nodes.length} records known here ${failures} could not be written again`,
  );
}

function changeRecord(mirror: Mirror, node: string, change: RecordChange): Promise<RecordChanged> {
  return changeWith(mirror, node, (record) => ({ value: change(record), result: undefined }));
}

async function changeWith<R>(
  mirror: Mirror,
  node: string,
  make: (record: EpisodeRecord | undefined) => Made<EpisodeRecord, R>,
): Promise<RecordChangedWith<R>> {
  const changed = await changeAt(placeOf(mirror, node), (record) => {
    const { value, result } = make(record);
    return { value, result: { value, result } };
  });
  if (changed.kind !== 'changed') return { kind: 'failed', why: changed.why };
  const { value: record, result } = changed.result;
  return record ? { kind: 'kept', record, result } : { kind: 'missing', result };
}

function placeOf(mirror: Mirror, node: string): RecordPlace<EpisodeRecord> {
  const { bucket, kept } = mirror;
  return {
    name: `the record of ${node}`,
    mirrored: { record: kept.get(node) },
    read: () => readFresh(mirror, node),
    write: async (value, revision) => {
      const written = await (revision === undefined
        ? bucket.create(node, value)
        : bucket.update(node, value, revision));
      if (written.kind === 'written') keep(mirror, node, { value, revision: written.revision });
      return written;
    },
  };
}

/** A record that this process knows and the hub lost is the one there is: an outcome must not go with a bucket. */
async function readFresh(
  mirror: Mirror,
  node: string,
): Promise<Awaited<ReturnType<RecordPlace<EpisodeRecord>['read']>>> {
  const found = await mirror.bucket.get(node, 'leader');
  const mirrored = mirror.kept.get(node);
  switch (found.kind) {
    case 'found':
      keep(mirror, node, found);
      return { kind: 'read', record: found.revision === mirrored?.revision ? mirrored : found };
    case 'absent':
      return { kind: 'read', record: mirrored && lost(mirror, node, mirrored) };
    default:
      return { ...found, why: `the record of ${node} cannot be read: ${found.why}` };
  }
}

function lost({ kept }: Mirror, node: string, { value }: KnownRecord): KnownRecord {
  const without = { value, revision: undefined };
  kept.set(node, without);
  return without;
}

function keep({ kept }: Mirror, node: string, { value, revision = 0 }: KnownRecord): void {
  if ((kept.get(node)?.revision ?? 0) < revision) kept.set(node, { value, revision });
}
