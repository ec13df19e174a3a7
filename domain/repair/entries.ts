/** Journal entries that wait for JOURNAL: what repeats is one entry with a count, and what piles up is bounded. */
import { lineOf } from '../journal.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { JournalEntry, RepairOpening } from './types.ts';

/** A repair's part of the journal as it grows: what JOURNAL has not acknowledged, and the number of the next entry. */
export type Book = { readonly backlog: Backlog; readonly sequence: number };

/** A decision and what came of it; the book adds whose it is, its number and its author. */
export type Decided = Pick<JournalEntry, 'at' | 'command' | 'events' | 'from' | 'to'>;

export type Backlog = {
  /** To be journaled, in order. */
  readonly ready: readonly JournalEntry[];
  /** Repeats of entries that are journaled already, kept back so that they can be counted. */
  readonly held: readonly JournalEntry[];
  /** What the repair has gone through since it last met something new. */
  readonly cycle: readonly string[];
};

export const emptyBacklog: Backlog = { ready: [], held: [], cycle: [] };

/** A repeat is told at least this often, so that a person sees that it still goes on. */
const toldEveryMs = 60 * 60_000;
/** No way of repeating itself has more different entries. */
const longestCycle = 12;
/** With more of them than this the journal has been away for long; then the middle is left out. */
const mostReady = 100;
const mostReadyBytes = 128 * 1024;
const keptAtEachEnd = 20;

/** The book of a repair that begins: its first entry holds the opening itself. */
export function openedBook(opening: RepairOpening): Book {
  const phase = 'awaiting-permit';
  const command = { kind: 'open' } as const;
  const decided = { at: opening.openedAt, command, events: [], from: phase, to: phase } as const;
  return withDecided({ backlog: emptyBacklog, sequence: 0 }, opening, decided);
}

/** The book with one more entry. */
export function withDecided(
  { backlog, sequence }: Book,
  opening: RepairOpening,
  decided: Decided,
): Book {
  const { repairId: id, cluster, node } = opening;
  const by = authorOf(decided);
  const told = { sequence, ...decided, by, ...(sequence === 0 && { opening }) };
  const entry = lineOf({ kind: 'node', id, cluster, node }, told);
  return { backlog: withEntry(backlog, entry), sequence: sequence + 1 };
}

function authorOf({ events }: Decided): string {
  const said = events.find((event) => event.kind === 'cancelRequested');
  return said ? said.by.name : 'slipway';
}

/** The backlog with one more entry. */
export function withEntry(backlog: Backlog, entry: JournalEntry): Backlog {
  const signature = signatureOf(entry);
  const isRepeat = entry.from === entry.to && backlog.cycle.includes(signature);
  if (isRepeat) return repeatedIn(due(backlog, entry.at), entry, signature);
  const goesOn = backlog.held.length === 0 && entry.from === entry.to;
  const before = goesOn ? backlog.cycle.slice(-longestCycle) : [];
  const { ready } = released(backlog);
  return { ready: bounded([...ready, entry]), held: [], cycle: [...before, signature] };
}

function repeatedIn(backlog: Backlog, entry: JournalEntry, signature: string): Backlog {
  const index = backlog.held.findIndex((held) => signatureOf(held) === signature);
  const first = backlog.held[index];
  if (!first) return { ...backlog, held: [...backlog.held, entry] };
  const times = (first.repeated?.times ?? 1) + 1;
  const { sequence, at } = first;
  const counted = { ...entry, sequence, at, repeated: { times, until: entry.at } };
  return { ...backlog, held: backlog.held.with(index, counted) };
}

const volatile = new Set([
  'at',
  'until',
  'retryAt',
  'detail',
  'because',
  'sequence',
  'startedAt',
  'lookedAt',
]);

/** Two entries of one signature tell the same: times, texts and places in FAULTS aside. */
function signatureOf({ command, events }: JournalEntry): string {
  return JSON.stringify([command, events], (key, value: unknown) =>
    volatile.has(key) ? undefined : value,
  );
}

function due(backlog: Backlog, now: EpochMs): Backlog {
  const oldest = backlog.held[0];
  return oldest && now - oldest.at >= toldEveryMs ? released(backlog) : backlog;
}

/** Everything that was kept back, ready to be journaled. */
export function released({ ready, held, cycle }: Backlog): Backlog {
  return { ready: [...ready, ...held], held: [], cycle };
}

/** The first entries hold the opening, the last ones what is going on. */
function bounded(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  if (entries.length <= mostReady && bytesOf(entries) <= mostReadyBytes) return entries;
  const middle = entries.slice(keptAtEachEnd, -keptAtEachEnd);
  const [first] = middle;
  if (!first) return entries;
  const left = middle.reduce((sum, entry) => sum + leftOutBy(entry), 0);
  const stub = { ...first, command: { kind: 'leftOut', entries: left }, events: [] } as const;
  return [...entries.slice(0, keptAtEachEnd), stub, ...entries.slice(-keptAtEachEnd)];
}

function bytesOf(entries: readonly JournalEntry[]): number {
  return entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
}

function leftOutBy({ command }: JournalEntry): number {
  return command.kind === 'leftOut' ? command.entries : 1;
}
