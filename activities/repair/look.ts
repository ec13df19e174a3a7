/** Looks without acting: where is the node, and what do its newest reports say? */
import { freshLook } from '../freshLook.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

export async function look(ports: Ports, step: Step): Promise<StepOutcome> {
  const answer = await freshLook(ports, step, 'look');
  return answer.ok ? { kind: 'looked', finding: answer.finding } : answer.outcome;
}
