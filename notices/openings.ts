/** How each repair began: its first entry alone tells its mode and the identity of its node. */
import type { JournalEntry, RepairOpening } from '../domain/repair/types.ts';
import { readJournal } from '../event-hub/index.ts';
import { asRepairEntry } from '../schemas/wire/journalLine.ts';
import type { Surroundings } from './sink.ts';

export type Beginning = Pick<RepairOpening, 'mode' | 'nodeUid'>;

/** `absent`: JOURNAL no longer has it. `unread`: the hub did not answer. */
export type Openings = (entry: JournalEntry) => Promise<Beginning | 'absent' | 'unread'>;

/** Far more than repairs are open at a time; those beyond are read again. */
const kept = 2_000;

export function createOpenings({ hub, cluster }: Pick<Surroundings, 'hub' | 'cluster'>): Openings {
  const known = new Map<string, Beginning>();
  const keep = (repairId: string, { mode, nodeUid }: Beginning): Beginning => {
    const beginning = { mode, nodeUid };
    known.set(repairId, beginning);
    const oldest = known.keys().next();
    if (known.size > kept && !oldest.done) known.delete(oldest.value);
    return beginning;
  };
  return async ({ repairId, node, opening }) => {
    if (opening) return keep(repairId, opening);
    const before = known.get(repairId);
    if (before) return before;
    const read = await readJournal(hub, { cluster, node, repairId });
    if (read.kind !== 'read') return 'unread';
    const entries = read.lines.flatMap(({ line }) => asRepairEntry(line) ?? []);
    const first = entries.find((entry) => entry.opening)?.opening;
    return first ? keep(repairId, first) : 'absent';
  };
}
