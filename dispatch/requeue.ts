/** Reports of DEAD that a person asks to have handled again: with their own place and order, so that none becomes news. */
import { evolve } from '../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { StoredFault } from '../domain/fault.ts';
import { readLetter, reportOf } from '../event-hub/index.ts';
import type { Hub } from '../event-hub/index.ts';
import type { Records } from './records.ts';

export type RequeueOptions = {
  readonly hub: Hub;
  readonly cluster: string;
  readonly records: Records;
  readonly handle: (fault: StoredFault) => Promise<'done' | 'retry'>;
};

/** Handles what the record of this node asks for; one that cannot be had any more is struck off all the same. */
export async function answerRequeued(
  options: RequeueOptions,
  record: EpisodeRecord,
): Promise<'done' | 'retry'> {
  for (const number of record.requeued ?? []) {
    if ((await handleLetter(options, number)) === 'retry') return 'retry';
    const struck = await options.records.change(
      record.node,
      (fresh) => fresh && evolve(fresh, { kind: 'requeueAnswered', number }),
    );
    if (struck.kind === 'failed') return 'retry';
  }
  return 'done';
}

async function handleLetter(
  { hub, cluster, handle }: RequeueOptions,
  number: number,
): Promise<'done' | 'retry'> {
  const read = await readLetter(hub, cluster, number);
  if (read.kind === 'unreachable' || read.kind === 'refused') return 'retry';
  const report = read.kind === 'letter' ? reportOf(read.letter) : undefined;
  // What fails again is in DEAD still, and may be asked for again.
  return report?.ok ? handle(report.fault).catch(() => 'done') : 'done';
}
