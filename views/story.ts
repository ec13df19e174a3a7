/** A repair told phase by phase, made of its journal alone, in the words of whoever shows it. */
import type { FaultEvent } from '../domain/fault.ts';
import { rungAfter } from '../domain/repair/again.ts';
import type { Rung } from '../domain/repair/policy.ts';
import type {
  JournalEntry,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../domain/repair/types.ts';
import { phases } from '../domain/vocabulary/repair.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Phase } from '../domain/vocabulary/repair.ts';
import { endOf, viewOf, type RepairLog, type RepairView } from './journal.ts';

/** What was told several times in a row is one note: first and last time, and how often. */
export type Note = {
  readonly firstAt: EpochMs;
  readonly at: EpochMs;
  readonly text: string;
  readonly times: number;
};

/** One stay in one phase; a repair may come back to a phase. */
export type Visit = {
  readonly phase: Phase;
  readonly from: EpochMs;
  readonly until?: EpochMs;
  readonly notes: readonly Note[];
};

export type Story = {
  readonly repair: RepairView;
  readonly fault: Pick<FaultEvent, 'reason' | 'message' | 'observer'> | undefined;
  readonly ladder: readonly string[];
  /** With which rung it would go on; beyond the last one, none is left. */
  readonly nextRung: number | undefined;
  readonly visits: readonly Visit[];
  /** Phases that still lie ahead if all goes well. */
  readonly ahead: readonly Phase[];
  /** Once the pods are tagged. */
  readonly pods: RepairState['pods'] | undefined;
  readonly waiting: { readonly reason: string; readonly until: EpochMs } | undefined;
  readonly by: string | undefined;
};

/** How a screen words what a story tells; undefined for what a person need not see. */
export type StoryWords = {
  readonly event: (event: RepairEvent, ladder: readonly Rung[]) => string | undefined;
  /** Reports that came together and say the same. */
  readonly reports: (reports: readonly ReportedEvent[]) => string;
  readonly command: (command: JournalEntry['command']) => string | undefined;
  readonly rung: (rung: Rung) => string;
  readonly opener: (after: NonNullable<RepairOpening['after']>) => string;
};

export type ReportedEvent = Extract<RepairEvent, { readonly kind: 'reported' }>;

/** `state`: the fold of the log, where it could be folded. */
export function storyOf(log: RepairLog, state: RepairState | undefined, words: StoryWords): Story {
  const repair = viewOf(log);
  const { opening } = log;
  const ladder = opening ? opening.policy.ladder : [];
  return {
    repair,
    fault: opening?.fault,
    ladder: ladder.map(words.rung),
    nextRung: state && rungAfter(log.entries, state.rung),
    visits: visitsOf(log, ladder, words),
    ahead: repair.outcome === undefined ? phases.slice(phases.indexOf(repair.phase) + 1) : [],
    pods: state?.pods.tagged === true ? state.pods : undefined,
    waiting: state && waitingOf(state),
    by: opening?.after && words.opener(opening.after),
  };
}

function waitingOf({ refused, waiting, phase }: RepairState): Story['waiting'] {
  if (phase === 'closed') return undefined;
  if (refused) return { reason: refused.reason, until: refused.lookAgainAt };
  return waiting && { reason: waiting.reason, until: waiting.until };
}

function visitsOf(log: RepairLog, ladder: readonly Rung[], words: StoryWords): readonly Visit[] {
  const visits: Visit[] = [];
  for (const entry of log.entries) {
    const here = visits.at(-1) ?? startOf(entry);
    const told = { ...here, notes: newsOf(entry, ladder, words).reduce(addNote, here.notes) };
    visits.splice(Math.max(0, visits.length - 1), 1, told);
    if (entry.from === entry.to) continue;
    const at = endOf(entry);
    visits.splice(visits.length - 1, 1, { ...told, until: at });
    visits.push({ phase: entry.to, from: at, notes: [] });
  }
  return visits;
}

function startOf({ from, at }: JournalEntry): Visit {
  return { phase: from, from: at, notes: [] };
}

type News = { readonly at: EpochMs; readonly text: string; readonly times: number };

function newsOf(
  { at, command, events, repeated }: JournalEntry,
  ladder: readonly Rung[],
  words: StoryWords,
): readonly News[] {
  const told = [{ at, text: words.command(command) }, ...newsIn(events, ladder, words)];
  const times = repeated?.times ?? 1;
  return told.flatMap((one) => (one.text === undefined ? [] : [{ ...one, text: one.text, times }]));
}

/** Reports that came together and say the same are one piece of news. */
function newsIn(
  events: readonly RepairEvent[],
  ladder: readonly Rung[],
  words: StoryWords,
): readonly { readonly at: EpochMs; readonly text: string | undefined }[] {
  const reports = events.filter((event) => event.kind === 'reported');
  const byVerdict = Map.groupBy(reports, ({ report }) => report.verdict);
  return events.flatMap((event) => {
    if (event.kind !== 'reported') return [{ at: event.at, text: words.event(event, ladder) }];
    const together = byVerdict.get(event.report.verdict) ?? [];
    return together[0] === event ? [{ at: event.at, text: words.reports(together) }] : [];
  });
}

/** What repeats itself is told once, with how often and when last. */
function addNote(notes: readonly Note[], { at, text, times }: News): readonly Note[] {
  const last = notes.at(-1);
  if (last?.text !== text) return [...notes, { firstAt: at, at, text, times }];
  return [...notes.slice(0, -1), { ...last, at, times: last.times + times }];
}
