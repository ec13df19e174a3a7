/** The loop of a repair: decide, perform, journal, evolve, until it is closed (DESIGN 7). */
import {
  continueAsNew,
  defineQuery,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { decide } from '../domain/repair/decide.ts';
import { evolve, initialState } from '../domain/repair/evolve.ts';
import type { Command, RepairEvent, RepairState } from '../domain/repair/types.ts';
import { arriveSignal, stateQuery } from './contract/index.ts';
import type { NodeRepairInput, NodeRepairResult, Said } from './contract/index.ts';
import { Inbox } from './inbox.ts';
import { Pending } from './pending.ts';
import { beginning, perform } from './perform.ts';
import { flush, recordInBackground } from './record.ts';
import { showPhase } from './show.ts';

const eventsPerRun = 4_000;

export async function nodeRepair({ opening, carried }: NodeRepairInput): Promise<NodeRepairResult> {
  const inbox = new Inbox(carried?.inbox ?? []);
  const pending = carried ? Pending.carried(opening, carried) : Pending.opened(opening);
  let state: RepairState = carried?.state ?? initialState(opening);
  setHandler(defineQuery<RepairState>(stateQuery), () => state);
  setHandler(defineSignal<[Said]>(arriveSignal), ({ repairId, arrival }) => {
    if (repairId === opening.repairId) inbox.add({ ...arrival, at: Date.now() });
  });
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

/** Between two commands is the only safe place to continue as new. */
function isRunFull(state: RepairState): boolean {
  return !isOver(state) && workflowInfo().historyLength > eventsPerRun;
}

function resultOf(state: RepairState): NodeRepairResult {
  if (!state.outcome || !state.ending) throw new Error('a closed repair has an outcome');
  return { outcome: state.outcome, reason: state.ending.reason };
}
