/** The loop of a repair: decide, perform, journal, evolve, until it is closed (ADR 3). */
import {
  ApplicationFailure,
  continueAsNew,
  defineQuery,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { decide } from '../domain/repair/decide.ts';
import { evolve, initialState } from '../domain/repair/evolve.ts';
import { mostCommandsAtOnce } from '../domain/repair/patience.ts';
import type { Command, RepairEvent, RepairState } from '../domain/repair/types.ts';
import { isUnderstood, stateQuery } from './contract/index.ts';
import type { NodeRepairInput, NodeRepairResult } from './contract/index.ts';
import { hear, uncancelled } from './hear.ts';
import { Inbox } from './inbox.ts';
import { Pending } from './pending.ts';
import { beginning, perform } from './perform.ts';
import { flush, recordInBackground } from './record.ts';
import { showPhase } from './show.ts';

const eventsPerRun = 4_000;
/** Half of what a history may hold: one more command may add some hundred kilobytes. */
const bytesPerRun = 1024 * 1024;

export function nodeRepair(input: NodeRepairInput): Promise<NodeRepairResult> {
  failIfForeign(input);
  const inbox = new Inbox(input.carried?.inbox ?? []);
  return uncancelled(inbox, () => repair(input, inbox));
}

async function repair(
  { opening, carried }: NodeRepairInput,
  inbox: Inbox,
): Promise<NodeRepairResult> {
  const pending = carried ? Pending.carried(opening, carried) : Pending.opened(opening);
  let state: RepairState = carried?.state ?? initialState(opening);
  setHandler(defineQuery<RepairState>(stateQuery), () => state);
  hear(inbox, opening.repairId);
  const advance = (command: Command, at: number, events: readonly RepairEvent[]): void => {
    const from = state.phase;
    state = events.reduce(evolve, state);
    pending.add({ at, command, events, from, to: state.phase });
    if (state.phase !== from) showPhase(state);
  };

  while (!isOver(state)) {
    const at = Date.now();
    const command = decide(state, opening.policy, at);
    const begun = beginning(command, at);
    if (begun) {
      advance(command, at, begun);
      if (command.kind === 'wait') recordInBackground(opening, state, pending);
    }
    advance(command, at, await perform({ command, state, opening, inbox, pending }));
    failIfSpinning(state);
    if (isRunFull(state)) {
      await pending.settled();
      await continueAsNew<typeof nodeRepair>({ opening, carried: pending.carry(state, inbox) });
    }
  }
  await flush(opening, state, pending);
  return resultOf(state);
}

function isOver(state: RepairState): boolean {
  return state.phase === 'closed';
}

/** A state that this version may misread is nobody's to act on: the failed run is handed over like one that spins. */
function failIfForeign({ carried }: NodeRepairInput): void {
  if (!carried || isUnderstood(carried.version)) return;
  const { version } = carried;
  throw ApplicationFailure.nonRetryable(`the state of version ${version} is not understood here`);
}

/** The decision hands a spin over; this is for a defect in just that. A failed run is handed over by the reconciler. */
function failIfSpinning({ turn, phase }: RepairState): void {
  if (turn.commands < 4 * mostCommandsAtOnce) return;
  throw ApplicationFailure.nonRetryable(`${turn.commands} commands at one moment in ${phase}`);
}

/** Between two commands is the only safe place to continue as new. */
function isRunFull(state: RepairState): boolean {
  const { historyLength, historySize } = workflowInfo();
  return !isOver(state) && (historyLength > eventsPerRun || historySize > bytesPerRun);
}

function resultOf(state: RepairState): NodeRepairResult {
  if (!state.outcome || !state.ending) throw new Error('a closed repair has an outcome');
  return { outcome: state.outcome, reason: state.ending.reason };
}
