/** Now and then, looks at open episodes whose repair may have vanished: nobody tells of a workflow that was ended from outside. */
import { sweep } from '../domain/dispatch/sweep.ts';
import type { OpenEpisode } from '../domain/dispatch/sweep.ts';
import { runningRepairs } from '../temporal/index.ts';
import type { Temporal } from '../temporal/index.ts';
import type { Records } from './records.ts';

export type SweepOptions = {
  readonly temporal: Temporal;
  readonly cluster: string;
  readonly records: Records;
  readonly look: (node: string) => void;
};

/** Up to how many open episodes are looked at one by one; of more, one list says which can wait for their turn. */
const lookedAtOnce = 100;

export function createSweep(options: SweepOptions): () => Promise<void> {
  let from = 0;
  return async () => {
    const open = openEpisodes(options.records);
    const running = await shownRunning(options, open);
    const { due, next } = sweep(open, running, { from, most: lookedAtOnce });
    from = next;
    for (const { node } of due) options.look(node);
  };
}

/**
 * After a list that failed all wait for their turn: a server that cannot list could not answer so many questions
 * either.
 */
async function shownRunning(
  { temporal, cluster }: SweepOptions,
  open: readonly OpenEpisode[],
): Promise<ReadonlySet<string>> {
  if (open.length <= lookedAtOnce) return new Set();
  const running = await runningRepairs(temporal, cluster);
  return running ?? new Set(open.map(({ repairId }) => repairId));
}

function openEpisodes(records: Records): readonly OpenEpisode[] {
  return records
    .all()
    .flatMap(({ node, episode }) =>
      episode && episode.outcome === undefined ? [{ node, repairId: episode.repairId }] : [],
    );
}
