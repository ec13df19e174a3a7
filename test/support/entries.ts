/** Journal entries of one repair, as its workflow writes them. */
import type { JournalEntry } from '../../domain/repair/types.ts';
import { at, fault, opening, repairId } from './given.ts';
import { sampleNode } from './samples.ts';

export function opened(changes: Partial<JournalEntry['opening'] & object> = {}): JournalEntry {
  const phase = 'awaiting-permit';
  const about = { sequence: 0, at: at(0), command: { kind: 'open' } } as const;
  return entry({ ...about, from: phase, to: phase, opening: opening(changes) });
}

export function entry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    version: 1,
    repairId,
    cluster: fault.cluster,
    node: sampleNode,
    sequence: 3,
    at: at(3),
    command: { kind: 'wait', reason: 'soak', until: at(9) },
    from: 'verifying',
    to: 'verifying',
    events: [],
    by: 'slipway',
    ...changes,
  };
}
