/** Closes a repair that was ended outside of Slipway: its node and its journal are left as by any other hand-over. */
import type { Ports } from '../activities/ports.ts';
import { restore } from '../activities/restore.ts';
import type { Episode, EpisodeRecord } from '../domain/dispatch/types.ts';
import { openingOf } from '../domain/repair/opening.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import type { Ending, JournalEntry, RepairOpening } from '../domain/repair/types.ts';
import type { EpochMs, Mode } from '../domain/vocabulary.ts';
import { publishJournal, readJournal } from '../event-hub/index.ts';
import type { Hub } from '../event-hub/index.ts';
import { asRepairEntry } from '../schemas/journalLine.ts';

export type VanishedOptions = {
  readonly ports: Ports;
  readonly hub: Hub;
  readonly mode: Mode;
  readonly policies: readonly RepairPolicy[];
  readonly codeVersion: string;
  readonly clock: () => EpochMs;
};

const ending: Ending = { outcome: 'escalated', reason: 'terminated-outside', node: 'keep' };

/** False when something could not be reached; safe to ask again. */
export async function closeVanished(
  options: VanishedOptions,
  record: EpisodeRecord,
  episode: Episode,
): Promise<boolean> {
  const policy = options.policies.find(({ name }) => name === episode.policy);
  const opening = policy && openingOf(record, episode, { ...options, policy });
  try {
    if (opening && options.mode === 'act') await handOver(options.ports, opening);
    return await journal(options, record, episode);
  } catch {
    return false;
  }
}

/** Only what carries this repair's mark is touched. Throws while the world cannot be read or written. */
async function handOver(ports: Ports, opening: RepairOpening): Promise<void> {
  const { bootId, check } = opening.fault;
  const step = { opening, bootId, isolated: true, rung: 0, checks: [check], pending: [] };
  const { kind } = await restore(ports, step, ending);
  if (kind !== 'restored') throw new Error('the node could not be handed over');
}

/** The entry that the repair itself had written last. */
async function journal(
  { hub, clock }: VanishedOptions,
  { cluster, node }: EpisodeRecord,
  { repairId }: Episode,
): Promise<boolean> {
  const read = await readJournal(hub, { cluster, node, repairId });
  if (read.kind !== 'read') return false;
  const last = read.lines.flatMap(({ line }) => asRepairEntry(line) ?? []).at(-1);
  if (!last || last.to === 'closed') return true;
  const at = clock();
  const { outcome, reason } = ending;
  const entry: JournalEntry = {
    version: 1,
    repairId,
    cluster,
    node,
    sequence: last.sequence + 1,
    at,
    command: { kind: 'close' },
    from: last.to,
    to: 'closed',
    events: [
      { kind: 'concluded', ending, at },
      { kind: 'closed', outcome, reason, at },
    ],
    by: 'slipway/dispatch',
  };
  return (await publishJournal(hub, [entry])).kind === 'stored';
}
