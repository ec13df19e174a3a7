/** The loop of a repair: decide, perform, journal, evolve, until it is closed (ADR 3). */
import { continueAsNew, defineQuery, setHandler } from '@temporalio/workflow';
import { decide } from '../../domain/repair/decide.ts';
import { evolve, initialState } from '../../domain/repair/evolve.ts';
import { interrupts } from '../../domain/repair/interrupts.ts';
import type { Command, RepairEvent, RepairState } from '../../domain/repair/types.ts';
import { stateQuery } from '../contract/index.ts';
import type { NodeRepairInput, NodeRepairResult } from '../contract/index.ts';
import { Inbox } from '../loop/inbox.ts';
import { Pending } from '../loop/pending.ts';
import { flush, recordInBackground } from '../loop/record.ts';
import { failIfForeign, failIfSpinning, isRunFull } from '../loop/run.ts';
import { earOf } from './ear.ts';
import { beginning, perform, tellerOf } from './plans.ts';
import { showPhase, summaryOf } from './show.ts';

export function nodeRepair(input: NodeRepairInput): Promise<NodeRepairResult> {
  const { opening, carried } = input;
  failIfForeign(carried);
  const inbox = new Inbox(earOf(opening.repairId), carried?.inbox ?? []);
  return inbox.uncancelled(() => repair(input, inbox));
}

/** What arrived while a command was performed comes first, the command's own outcome always last. */
async function repair(
  { opening, carried }: NodeRepairInput,
  inbox: Inbox<RepairEvent>,
): Promise<NodeRepairResult> {
  const pending = carried ? Pending.carried(opening, carried) : Pending.opened(opening);
  let state: RepairState = carried?.state ?? initialState(opening);
  setHandler(defineQuery<RepairState>(stateQuery), () => state);
  inbox.listen();
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
    if (begun) advance(command, at, begun);
    const told = tellerOf(opening, state, pending);
    if (begun && command.kind === 'wait') recordInBackground(told);
    const isDisturbed = (): boolean => inbox.has((event) => interrupts(command, event));
    const outcome = await perform({
      ...told,
      command,
      at,
      summary: summaryOf(command),
      isDisturbed,
    });
    advance(command, at, [...inbox.drain(), { ...outcome, at: Date.now() }]);
    failIfSpinning(state);
    if (!isOver(state) && isRunFull()) {
      await pending.settled();
      await continueAsNew<typeof nodeRepair>({ opening, carried: pending.carry(state, inbox) });
    }
  }
  await flush(tellerOf(opening, state, pending));
  return resultOf(state);
}

function isOver({ phase }: RepairState): boolean {
  return phase === 'closed';
}

function resultOf({ outcome, ending }: RepairState): NodeRepairResult {
  if (!outcome || !ending) throw new Error('a closed repair has an outcome');
  return { outcome, reason: ending.reason };
}
