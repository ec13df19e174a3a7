/** Puts journal entries into JOURNAL and each change of phase on the Node as a Kubernetes Event. */
import type { JournalEntry } from '../domain/repair/types.ts';
import type { NodeEvent, Ports } from './ports.ts';
import type { Done, Step, StepOutcome } from './step.ts';

/** Resolves to the highest sequence that is recorded everywhere; what is not rides along with a later step. */
export async function record(ports: Ports, step: Step): Promise<number> {
  const { pending } = step;
  if (pending.length === 0) return -1;
  const [journaled, announced] = await Promise.all([
    ports.hub.publishJournal(pending),
    announce(ports, step),
  ]);
  return journaled.ok && announced ? Math.max(...pending.map((entry) => entry.sequence)) : -1;
}

/** Throws until everything is recorded. */
export async function flush(ports: Ports, step: Step): Promise<number> {
  const through = await record(ports, step);
  if (through < (step.pending.at(-1)?.sequence ?? -1)) {
    throw new Error('the journal or the API server did not take all entries');
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

/** Each change of phase once on the Node, whatever is sent again. False: not all of them got there. */
export async function announce(ports: Ports, { opening, pending }: Step): Promise<boolean> {
  if (opening.mode === 'observe') return true;
  const events = pending.filter((entry) => entry.from !== entry.to).map(nodeEvent(opening.nodeUid));
  const written = await Promise.all(events.map((event) => ports.kube.announce(event)));
  return written.every(({ kind }) => kind !== 'failed');
}

function nodeEvent(nodeUid: string): (entry: JournalEntry) => NodeEvent {
  return (entry) => ({
    name: `${entry.node}.${entry.repairId}.${entry.sequence}`,
    node: entry.node,
    nodeUid,
    reason: `SlipwayRepair${camel(entry.to)}`,
    message: `Repair ${entry.repairId}: ${entry.from} -> ${entry.to}${ending(entry)}`,
    warning: entry.command.kind === 'close' && entry.to === 'closed' && !endedWell(entry),
    at: entry.at,
  });
}

function ending(entry: JournalEntry): string {
  const closed = entry.events.find((event) => event.kind === 'closed');
  return closed ? `, ${closed.outcome} (${closed.reason})` : '';
}

function endedWell(entry: JournalEntry): boolean {
  return entry.events.some(
    (event) =>
      event.kind === 'closed' && (event.outcome === 'repaired' || event.outcome === 'recovered'),
  );
}

function camel(phase: string): string {
  return phase.replaceAll(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
