/** What dispatch and guard keep on the hub. */
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { Ledger } from '../domain/guard/types.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { parseEpisodeRecord } from '../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../schemas/wire/guardRecord.ts';
import { readAll, readOne, type All, type ClusterHub, type Kept } from './bucket.ts';
import { isUnread, unread, type UnreadPart } from './unread.ts';

const episodes = { name: buckets.episodes, parse: parseEpisodeRecord };

/** Undefined: nothing was ever reported about this node. */
export async function readRecord(
  from: ClusterHub,
  node: string,
): Promise<Kept<EpisodeRecord> | undefined | UnreadPart> {
  return readOne(from, episodes, node, { what: 'node-record', node });
}

export async function readRecords(from: ClusterHub): Promise<All<EpisodeRecord> | UnreadPart> {
  return readAll(from, episodes, { what: 'node-records' });
}

/** Records that this version cannot read are missing on every screen. */
export function unreadRecords({
  unreadable,
}: Pick<All<unknown>, 'unreadable'>): readonly UnreadPart[] {
  const [such] = unreadable;
  if (such === undefined) return [];
  const because = { because: 'partly-corrupt', count: unreadable.length, such } as const;
  return [unread({ what: 'node-records' }, because)];
}

/** The key under which the guard keeps its ledger. */
const ledgerKey = 'ledger';

/** Undefined: no permit was ever granted. */
export async function readLedger(from: ClusterHub): Promise<Ledger | undefined | UnreadPart> {
  const of = { what: 'permit-ledger' } as const;
  const guard = { name: buckets.guard, parse: parseGuardRecord };
  const kept = await readOne(from, guard, ledgerKey, of);
  if (kept === undefined || isUnread(kept)) return kept;
  if (kept.record.kind === 'ledger') return kept.record.ledger;
  return unread(of, { because: 'corrupt', why: 'it holds something else' });
}
