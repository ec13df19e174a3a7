/** Each change of a repair's phase as a Kubernetes Event on its Node. */
import type { JournalEntry, RepairOpening } from '../repair/types.ts';
import type { EpochMs } from '../vocabulary/time.ts';

export type PhaseNotice = {
  /** The same for the same entry, so that it becomes one Event however often it is told. */
  readonly name: string;
  readonly node: string;
  readonly nodeUid: string;
  readonly reason: string;
  readonly message: string;
  readonly warning: boolean;
  readonly at: EpochMs;
};

/** Names of objects are DNS subdomains. */
const longestName = 253;

/** Undefined: there is nothing to tell. What observe mode decided happened to nobody. */
export function phaseNotice(
  entry: JournalEntry,
  { mode, nodeUid }: Pick<RepairOpening, 'mode' | 'nodeUid'>,
): PhaseNotice | undefined {
  const { node, repairId, from, to, at } = entry;
  if (mode === 'observe' || from === to) return undefined;
  return {
    name: nameOf(entry),
    node,
    nodeUid,
    reason: `SlipwayRepair${camel(to)}`,
    message: `Repair ${repairId}: ${from} -> ${to}${ending(entry)}`,
    warning: to === 'closed' && !endedWell(entry),
    at,
  };
}

function nameOf({ node, repairId, sequence }: JournalEntry): string {
  const end = `.${repairId}.${sequence}`;
  return node.slice(0, longestName - end.length).replace(/[^a-z0-9]+$/, '') + end;
}

function ending(entry: JournalEntry): string {
  const closed = closedBy(entry);
  return closed ? `, ${closed.outcome} (${closed.reason})` : '';
}

function endedWell(entry: JournalEntry): boolean {
  const outcome = closedBy(entry)?.outcome;
  return outcome === 'repaired' || outcome === 'recovered';
}

function closedBy({ events }: JournalEntry) {
  return events.find((event) => event.kind === 'closed');
}

function camel(phase: string): string {
  return phase.replaceAll(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
