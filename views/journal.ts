/** The journal as screens need it: one log per repair, and what was written without one. */
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import { fold } from '../domain/repair/evolve.ts';
import type {
  JournalEntry,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Outcome, Phase } from '../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../domain/vocabulary/reasons.ts';
import { readJournal } from '../event-hub/index.ts';
import { asRepairEntry, type JournalLine } from '../schemas/wire/journalLine.ts';
import type { ClusterHub } from './bucket.ts';
import { readRecords } from './records.ts';
import { isUnread, unread, unreadFromHub, type UnreadPart } from './unread.ts';

export type RepairLog = {
  readonly repairId: string;
  readonly node: string;
  /** In order, each sequence once. */
  readonly entries: readonly JournalEntry[];
  readonly opening?: RepairOpening;
};

export type JournalOf = {
  readonly node?: string;
  readonly repairId?: string;
  readonly since?: EpochMs;
};

export type Logs = {
  /** The newest last. */
  readonly logs: readonly RepairLog[];
  readonly others: readonly JournalLine[];
  readonly unreadable: number;
};

export async function readLogs(from: ClusterHub, of: JournalOf): Promise<Logs | UnreadPart> {
  const node = of.node ?? (of.repairId === undefined ? undefined : await nodeOf(from, of.repairId));
  const { hub, cluster } = from;
  const read = await readJournal(hub, { cluster, ...of, ...(node !== undefined && { node }) });
  if (read.kind !== 'read') return unreadFromHub({ what: 'journal' }, read);
  const lines = read.lines.map(({ line }) => line);
  return { ...sorted(lines), unreadable: read.unreadable };
}

/** The node of a repair by the node records, so that its journal alone is read; unknown for one of long ago. */
async function nodeOf(from: ClusterHub, repairId: string): Promise<string | undefined> {
  const all = await readRecords(from);
  if (isUnread(all)) return undefined;
  const isOf = ({ episode, past = [] }: EpisodeRecord): boolean =>
    episode?.repairId === repairId || past.some((one) => one.repairId === repairId);
  return all.records.find(isOf)?.node;
}

/** Lines that this version cannot read are missing on every screen. */
export function unreadLines({ unreadable }: Pick<Logs, 'unreadable'>): readonly UnreadPart[] {
  if (unreadable === 0) return [];
  return [unread({ what: 'journal' }, { because: 'partly-corrupt', count: unreadable })];
}

function sorted(lines: readonly JournalLine[]): Omit<Logs, 'unreadable'> {
  const entries = lines.flatMap((line) => asRepairEntry(line) ?? []);
  const byRepair = Map.groupBy(entries, ({ repairId }) => repairId);
  const logs = [...byRepair.values()]
    .map(logOf)
    .toSorted((one, other) => begin(one) - begin(other));
  return { logs, others: lines.filter((line) => asRepairEntry(line) === undefined) };
}

function logOf(unordered: readonly JournalEntry[]): RepairLog {
  const entries = unordered.toSorted((one, other) => one.sequence - other.sequence);
  const first = entries[0];
  const opening = entries.find((entry) => entry.opening)?.opening;
  return {
    repairId: first?.repairId ?? '',
    node: first?.node ?? '',
    entries,
    ...(opening && { opening }),
  };
}

/** A repair as far as its journal tells. */
export type RepairView = {
  readonly repairId: string;
  readonly node: string;
  readonly check?: string;
  readonly policy?: string;
  readonly mode?: string;
  readonly openedAt: EpochMs;
  readonly phase: Phase;
  /** Since when it has been in this phase. */
  readonly phaseSince: EpochMs;
  readonly outcome?: Outcome;
  readonly reason?: ReasonCode;
  readonly closedAt?: EpochMs;
  /** What an open repair waits for, where the list was asked. */
  readonly waits?: string;
};

export function viewOf(log: RepairLog): RepairView {
  const { repairId, node, opening, entries } = log;
  const last = entries.at(-1);
  const turned = entries.findLast(({ from, to }) => from !== to);
  const closed = closedBy(log);
  return {
    repairId,
    node,
    ...(opening && {
      check: opening.fault.check,
      policy: opening.policy.name,
      mode: opening.mode,
    }),
    openedAt: begin(log),
    phase: last?.to ?? 'awaiting-permit',
    phaseSince: turned ? endOf(turned) : begin(log),
    ...(closed && { outcome: closed.outcome, reason: closed.reason, closedAt: closed.at }),
  };
}

type RepairClosed = Extract<RepairEvent, { readonly kind: 'closed' }>;

function closedBy({ entries }: RepairLog): RepairClosed | undefined {
  return entries
    .flatMap(({ events }) => events)
    .find((event): event is RepairClosed => event.kind === 'closed');
}

/** An entry's phase changed by its last event, not when it was decided. */
export function endOf({ at, events }: JournalEntry): EpochMs {
  return events.at(-1)?.at ?? at;
}

function begin({ entries, opening }: RepairLog): EpochMs {
  return opening?.openedAt ?? entries[0]?.at ?? 0;
}

/** What the repair waits for now. */
export function waitReasonOf(log: RepairLog): string | undefined {
  const state = stateOf(log);
  if (isUnread(state)) return undefined;
  return state.refused?.reason ?? state.waiting?.reason;
}

/** The repair's state, folded from the recorded events alone. */
export function stateOf({ repairId, opening, entries }: RepairLog): RepairState | UnreadPart {
  const incomplete = (why: string): UnreadPart =>
    unread({ what: 'repair', repairId }, { because: 'incomplete', why });
  const gap = entries.findIndex(({ sequence }, index) => sequence !== index);
  if (!opening) return incomplete('lacks its first entry');
  if (gap >= 0) return incomplete(`lacks entry ${gap}`);
  try {
    return fold(
      opening,
      entries.flatMap(({ events }) => events),
    );
  } catch (error) {
    return incomplete(`cannot be folded: ${String(error)}`);
  }
}

export function isOpen({ outcome, phase }: RepairView): boolean {
  return outcome === undefined && phase !== 'closed';
}
