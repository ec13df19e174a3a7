/** What was set aside on the hub, and what of it a person asked to have handled again. */
import { readDead, type StoredDeadLetter } from '../event-hub/index.ts';
import type { ClusterHub } from './bucket.ts';
import { readLogs } from './journal.ts';
import { isUnread, unreadFromHub, type UnreadPart } from './unread.ts';

/** The word under which the journal keeps a requeue; its sequence is the letter's number. */
export const requeueKind = 'requeueDead';

export async function readLetters({
  hub,
  cluster,
}: ClusterHub): Promise<readonly StoredDeadLetter[] | UnreadPart> {
  const read = await readDead(hub, cluster);
  return read.kind === 'read' ? read.letters : unreadFromHub({ what: 'dead-letters' }, read);
}

/** The numbers of the letters that were requeued, by the journal. */
export async function readRequeued(from: ClusterHub): Promise<ReadonlySet<number> | UnreadPart> {
  const read = await readLogs(from, {});
  if (isUnread(read)) return read;
  const lines = read.others.filter(({ command }) => command.kind === requeueKind);
  return new Set(lines.map(({ sequence }) => sequence));
}
