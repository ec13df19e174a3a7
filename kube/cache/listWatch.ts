/**
 * Keeps a projected copy of a collection: lists in pages, watches with bookmarks, resumes where it was after every kind
 * of break, lists again when the server has forgotten that place and now and then anyway, and tells every difference.
 */
import { setImmediate } from 'node:timers/promises';
import { errorText } from '../../std/errorText.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { Backoff } from '../../std/backoff.ts';
import { createBackoff } from '../../std/backoff.ts';
import type { Connection } from '../transport/connection.ts';
import { listAll } from '../transport/listing.ts';
import type { Refusal } from '../transport/refusal.ts';
import type { CacheChange, Identity, Store } from './store.ts';
import { createStore } from './store.ts';
import type { WatchEnd, WatchEvent } from '../transport/watchStream.ts';
import { watchOnce } from '../transport/watchStream.ts';

export type ListWatchOptions<T> = {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly project: (raw: unknown) => T;
  readonly identity: Identity<T>;
  /** Ends the watch; nothing is told afterwards. */
  readonly signal: AbortSignal;
  /** Hears of refusals, stalls and throwing listeners; for the log. */
  readonly onProblem?: (problem: WatchProblem) => void;
  readonly timing?: Partial<WatchTiming>;
};

export type WatchProblem = {
  readonly path: string;
  readonly what: 'list-refused' | 'watch-refused' | 'stalled' | 'gone' | 'listener-threw';
  readonly message: string;
};

export type WatchTiming = {
  readonly idleMs: number;
  readonly relistMs: number;
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  readonly pageSize: number;
};

const defaultTiming: WatchTiming = {
  idleMs: 90_000,
  relistMs: 600_000,
  firstBackoffMs: 200,
  longestBackoffMs: 30_000,
  pageSize: 250,
};

export type WatchCounters = {
  readonly lists: number;
  readonly watches: number;
  readonly events: number;
  readonly refused: number;
  readonly gone: number;
  readonly stalled: number;
  readonly listenerErrors: number;
};

export type ListWatch<T> = {
  readonly get: (key: string) => T | undefined;
  readonly list: () => readonly T[];
  /** Tells what is known already as `added`, then every change; returns how to stop listening. */
  readonly onChange: (listener: (change: CacheChange<T>) => void) => () => void;
  /** Settles once the first list is complete, or the signal came. */
  readonly synced: Promise<void>;
  /** When a list was last complete; undefined before the first. */
  readonly syncedAt: () => EpochMs | undefined;
  readonly lastHeardAt: () => EpochMs | undefined;
  /**
   * How old what is known may be: time since the last event or bookmark was applied, or since the last complete list was
   * asked for. Infinite before the first list; a page, or a watch that was opened, changes nothing.
   */
  readonly stalenessMs: () => number;
  readonly counters: () => WatchCounters;
  /** Settles when the signal has ended everything. */
  readonly done: Promise<void>;
};

type Listener<T> = (change: CacheChange<T>) => void;

type WatchRun<T> = {
  readonly kube: Connection;
  readonly options: ListWatchOptions<T>;
  readonly timing: WatchTiming;
  readonly store: Store<T>;
  readonly listeners: Set<Listener<T>>;
  readonly counters: { -readonly [Key in keyof WatchCounters]: number };
  readonly backoff: Backoff;
  resourceVersion: string;
  relistDueMs: number;
  appliedMs: number;
  lastHeardAt: EpochMs | undefined;
  syncedAt: EpochMs | undefined;
};

/** Starts listing and watching at once, and goes on until the signal. Failures are told and tried again. */
export function listWatch<T>(kube: Connection, options: ListWatchOptions<T>): ListWatch<T> {
  const run = startRun(kube, options);
  const { promise: synced, resolve: onSynced } = Promise.withResolvers<void>();
  const done = loop(run, onSynced);
  return {
    get: (key) => run.store.items.get(key),
    list: () => [...run.store.items.values()],
    onChange: (listener) => listen(run, listener),
    synced,
    syncedAt: () => run.syncedAt,
    lastHeardAt: () => run.lastHeardAt,
    stalenessMs: () => performance.now() - run.appliedMs,
    counters: () => ({ ...run.counters }),
    done,
  };
}

function startRun<T>(kube: Connection, options: ListWatchOptions<T>): WatchRun<T> {
  const timing = { ...defaultTiming, ...options.timing };
  const pace = { firstMs: timing.firstBackoffMs, longestMs: timing.longestBackoffMs };
  return {
    kube,
    options,
    timing,
    store: createStore(options.identity),
    listeners: new Set(),
    counters: {
      lists: 0,
      watches: 0,
      events: 0,
      refused: 0,
      gone: 0,
      stalled: 0,
      listenerErrors: 0,
    },
    backoff: createBackoff(pace, options.signal),
    resourceVersion: '',
    relistDueMs: 0,
    appliedMs: Number.NEGATIVE_INFINITY,
    lastHeardAt: undefined,
    syncedAt: undefined,
  };
}

async function loop<T>(run: WatchRun<T>, onSynced: () => void): Promise<void> {
  while (!run.options.signal.aborted) {
    if (!(await listOnce(run))) continue;
    onSynced();
    await watchUntilRelist(run);
  }
  onSynced();
}

async function listOnce<T>(run: WatchRun<T>): Promise<boolean> {
  const { path, query, project, signal } = run.options;
  run.counters.lists += 1;
  const askedMs = performance.now();
  const listed = await listAll(run.kube, {
    path,
    ...(query && { query }),
    project,
    pageSize: run.timing.pageSize,
    signal,
    onPage: () => heard(run),
  });
  if (signal.aborted) return false;
  if (!listed.ok) {
    await refused(run, 'list-refused', listed.refusal);
    return false;
  }
  run.resourceVersion = listed.value.resourceVersion;
  run.relistDueMs = performance.now() + jittered(run.timing.relistMs);
  run.backoff.succeeded();
  for (const changes of run.store.replaceAll(listed.value.items)) {
    tell(run, changes);
    await setImmediate();
    if (signal.aborted) return false;
  }
  run.syncedAt = Date.now();
  applied(run, askedMs);
  return true;
}

async function watchUntilRelist<T>(run: WatchRun<T>): Promise<void> {
  while (!run.options.signal.aborted && performance.now() < run.relistDueMs) {
    const startedMs = performance.now();
    const end = await openWatch(run);
    if (run.options.signal.aborted) return;
    await afterWatch(run, end, performance.now() - startedMs);
    if (end.kind === 'gone') return;
  }
}

const longestWatchMs = 480_000;

function openWatch<T>(run: WatchRun<T>): Promise<WatchEnd> {
  const untilRelistMs = run.relistDueMs - performance.now();
  const lengthMs = Math.min(jittered(longestWatchMs), untilRelistMs);
  run.counters.watches += 1;
  return watchOnce(run.kube, {
    path: run.options.path,
    query: {
      ...run.options.query,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: run.resourceVersion,
      timeoutSeconds: String(Math.max(1, Math.ceil(lengthMs / 1000))),
    },
    idleMs: run.timing.idleMs,
    signal: run.options.signal,
    onHeard: () => heard(run),
    onEvent: (event) => {
      if (!run.options.signal.aborted) onEvent(run, event);
    },
  });
}

/** Between three quarters and all of it, so that many watchers do not act at once. */
function jittered(lengthMs: number): number {
  return lengthMs * (0.75 + Math.random() / 4);
}

function heard<T>(run: WatchRun<T>): void {
  run.lastHeardAt = Date.now();
}

function onEvent<T>(run: WatchRun<T>, event: WatchEvent): void {
  run.counters.events += 1;
  run.backoff.succeeded();
  if (event.resourceVersion !== '') run.resourceVersion = event.resourceVersion;
  const changes = event.type === 'BOOKMARK' ? [] : stored(run, event);
  applied(run, performance.now());
  tell(run, changes);
}

function stored<T>(run: WatchRun<T>, { type, object }: WatchEvent): readonly CacheChange<T>[] {
  const item = run.options.project(object);
  return type === 'DELETED' ? run.store.remove(item) : run.store.put(item);
}

/** What is known is now as the server had it at that moment. */
function applied<T>(run: WatchRun<T>, asOfMs: number): void {
  run.appliedMs = Math.max(run.appliedMs, asOfMs);
}

function tell<T>(run: WatchRun<T>, changes: readonly CacheChange<T>[]): void {
  for (const change of changes) {
    for (const listener of run.listeners) tellOne(run, listener, change);
  }
}

/** A watch that ends at once would otherwise be reopened without rest. */
const shortestWatchMs = 1_000;

async function afterWatch<T>(run: WatchRun<T>, end: WatchEnd, lastedMs: number): Promise<void> {
  switch (end.kind) {
    case 'gone':
      run.counters.gone += 1;
      problem(run, 'gone', 'The server no longer knows this resource version: listing again.');
      return;
    case 'stalled':
      run.counters.stalled += 1;
      problem(run, 'stalled', `Nothing heard for ${run.timing.idleMs} ms: connecting again.`);
      return;
    case 'failed':
      await refused(run, 'watch-refused', end.refusal);
      return;
    case 'closed':
      if (lastedMs < shortestWatchMs) await run.backoff.failed();
  }
}

async function refused<T>(
  run: WatchRun<T>,
  what: 'list-refused' | 'watch-refused',
  refusal: Refusal,
): Promise<void> {
  run.counters.refused += 1;
  problem(run, what, refusal.message);
  await run.backoff.failed(refusal.retryAfterMs);
}

function listen<T>(run: WatchRun<T>, listener: Listener<T>): () => void {
  for (const item of run.store.items.values())
    tellOne(run, listener, { kind: 'added', after: item });
  run.listeners.add(listener);
  return () => run.listeners.delete(listener);
}

function tellOne<T>(run: WatchRun<T>, listener: Listener<T>, change: CacheChange<T>): void {
  try {
    listener(change);
  } catch (error) {
    run.counters.listenerErrors += 1;
    problem(run, 'listener-threw', errorText(error));
  }
}

function problem<T>(run: WatchRun<T>, what: WatchProblem['what'], message: string): void {
  return run.options.onProblem?.({ path: run.options.path, what, message });
}
