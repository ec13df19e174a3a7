/** What today's code, or another policy, would have decided at each recorded point of a repair. */
import type { EpochMs } from '../vocabulary/time.ts';
import type { Phase } from '../vocabulary/repair.ts';
import { decide } from './decide.ts';
import { evolve, initialState } from './evolve.ts';
import type { RepairPolicy } from './policy.ts';
import type { Command, JournalEntry, RepairOpening } from './types.ts';

export type Replayed = {
  readonly sequence: number;
  readonly at: EpochMs;
  readonly phase: Phase;
  readonly recorded: Command;
  readonly decided: Command;
  readonly same: boolean;
};

/** The state is folded from the recorded events alone, also after a point where the decisions part. */
export function replay(
  opening: RepairOpening,
  entries: readonly JournalEntry[],
  policy: RepairPolicy,
): readonly Replayed[] {
  const replayed: Replayed[] = [];
  let state = initialState(opening);
  for (const { sequence, at, command, events, repeated } of entries) {
    if (isDecided(command)) {
      const decided = decide(state, policy, at);
      const same = repeated ? command.kind === decided.kind : isSame(command, decided);
      replayed.push({ sequence, at, phase: state.phase, recorded: command, decided, same });
    }
    state = events.reduce(evolve, state);
  }
  return replayed;
}

function isDecided(command: JournalEntry['command']): command is Command {
  return command.kind !== 'open' && command.kind !== 'leftOut' && command.kind !== 'unwritable';
}

/** Commands are flat: what one says and the other leaves out is a difference. */
function isSame(one: Command, other: Command): boolean {
  const left = Object.entries(one);
  const right = new Map<string, unknown>(Object.entries(other));
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}
