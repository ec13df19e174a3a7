/** Writes the outcome into the node's record, after which the next fault is a new episode. */
import type { Ending } from '../../domain/repair/types.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

/** Throws while the hub cannot be reached. */
export async function close(
  ports: Ports,
  { opening, triedRung: rung, isolated }: Step,
  ending: Ending,
): Promise<StepOutcome> {
  const { outcome, reason } = ending;
  const { repairId, node } = opening;
  const done = { rung, isolated, at: ports.clock() };
  const event = { kind: 'closed', repairId, outcome, reason, ...done } as const;
  const changed = await ports.hub.changeEpisode(node, event);
  if (!changed.ok) throw new Error(changed.why);
  return { kind: 'closed', outcome, reason };
}
