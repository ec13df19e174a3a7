/** The words of a repair's story on the command line. */
import type { Rung } from '../../domain/repair/policy.ts';
import type { JournalEntry, RepairOpening, RepairState } from '../../domain/repair/types.ts';
import type { RepairLog } from '../../views/journal.ts';
import {
  storyOf as toldIn,
  type ReportedEvent,
  type Story,
  type StoryWords,
} from '../../views/story.ts';
import { noteOf } from './events.ts';

/** `state`: the fold of the log, where it could be folded. */
export function storyOf(log: RepairLog, state: RepairState | undefined): Story {
  return toldIn(log, state, words);
}

const words: StoryWords = {
  event: noteOf,
  reports: reportsText,
  command: gapText,
  rung: rungText,
  opener: openedBy,
};

function reportsText(reports: readonly ReportedEvent[]): string {
  const checks = new Set(reports.map(({ report }) => report.check));
  return `${[...checks].join(', ')}: ${reports[0]?.report.verdict ?? ''}`;
}

/** Where the journal itself has a gap, a person must know of it. */
function gapText(command: JournalEntry['command']): string | undefined {
  if (command.kind === 'leftOut')
    return `entries left out here, since the journal did not answer for too long: ${command.entries}`;
  return command.kind === 'unwritable' ? 'an entry that could not be journaled' : undefined;
}

function rungText({ name, driver, action }: Rung): string {
  return `${name} (${driver} ${action})`;
}

function openedBy({ by, repairId }: NonNullable<RepairOpening['after']>): string {
  return `${by.name}, after ${repairId}: ${by.reason}`;
}
