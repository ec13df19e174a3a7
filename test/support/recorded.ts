/** The journal of a repair in which these turns happened, as the loop would have written it. */
import { decide } from '../../domain/repair/decide.ts';
import { evolve, initialState } from '../../domain/repair/evolve.ts';
import type {
  Command,
  JournalEntry,
  RepairEvent,
  RepairOpening,
  RepairState,
} from '../../domain/repair/types.ts';
import { opening } from './given.ts';

/** One turn: the time of the decision, and what came of it. */
export type Turn = { readonly at: number; readonly events: readonly RepairEvent[] };

export function recorded(
  turns: readonly Turn[],
  changes: Partial<RepairOpening> = {},
): JournalEntry[] {
  const opened = opening(changes);
  let state = initialState(opened);
  const first: JournalEntry = {
    ...entry(opened, state, { kind: 'open' }, turn(opened.openedAt)),
    sequence: 0,
    opening: opened,
  };
  const others = turns.map((one, index): JournalEntry => {
    const before = state;
    state = one.events.reduce(evolve, before);
    const command = decide(before, opened.policy, one.at);
    return { ...entry(opened, before, command, one), to: state.phase, sequence: index + 1 };
  });
  return [first, ...others];
}

function entry(
  { repairId, cluster, node }: RepairOpening,
  { phase }: RepairState,
  command: Command | { readonly kind: 'open' },
  { at, events }: Turn,
): JournalEntry {
  const place = { version: 1, repairId, cluster, node, sequence: 0, by: 'slipway' } as const;
  return { ...place, at, command, events, from: phase, to: phase };
}

export function turn(at: number, ...events: RepairEvent[]): Turn {
  return { at, events };
}
