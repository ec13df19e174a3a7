/** Puts journal entries into JOURNAL; whatever else is to be told of them is told from there. */
import type { Ports } from './ports.ts';
import type { Step } from '../domain/repair/step.ts';
import type { Done, StepOutcome } from './step.ts';

/** Throws until everything is recorded. */
export async function flush(ports: Ports, step: Step): Promise<number> {
  const through = await record(ports, step);
  if (through < (step.pending.at(-1)?.sequence ?? -1)) {
    throw new Error('the journal did not take all entries');
  }
  return through;
}

/** For a step whose act must not wait for the hub: both go at once. */
export async function recordWhile(
  ports: Ports,
  step: Step,
  act: () => Promise<StepOutcome>,
): Promise<Done> {
  const [outcome, recordedThrough] = await Promise.all([act(), record(ports, step)]);
  return { outcome, recordedThrough };
}

/** Resolves to the highest sequence that JOURNAL has; what it has not rides along with a later step. */
export async function record(ports: Ports, { pending }: Step): Promise<number> {
  if (pending.length === 0) return -1;
  const journaled = await ports.hub.publishJournal(pending);
  return journaled.ok ? Math.max(...pending.map((entry) => entry.sequence)) : -1;
}
