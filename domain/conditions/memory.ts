/** What a probe starts from: the nodes' records, and what the stream holds beyond their places (ADR 15). */
import type { EpisodeRecord } from '../dispatch/types.ts';
import { merged } from '../evidence.ts';
import type { Evidence } from '../evidence.ts';
import type { StoredFault } from '../fault.ts';
import { memoryOf } from './decide.ts';
import type { NodeMemory } from './types.ts';

/** By node UID: a name may have been given to another node since, and a report may name a node that never was. */
export type NodeMemories = ReadonlyMap<string, NodeMemory>;

/**
 * `stored`: the newest of each subject. The record outlives them, so that the end of a fault is told even if the stream
 * no longer has the fault.
 */
export function memoriesOf(
  observer: string,
  records: readonly EpisodeRecord[],
  stored: readonly StoredFault[],
): NodeMemories {
  const recordByUid = new Map(records.map((record) => [record.nodeUid, record]));
  const storedByUid = Map.groupBy(stored, ({ event }) => event.nodeUid);
  const uids = new Set([...recordByUid.keys(), ...storedByUid.keys()]);
  return new Map(
    [...uids].map((uid) => {
      const record = recordByUid.get(uid);
      const beyond = (storedByUid.get(uid) ?? []).filter(
        ({ sequence }) => sequence > (record?.place ?? 0),
      );
      const reports = merged<Evidence>(record?.reports ?? [], beyond.map(evidenceOf));
      const own = reports.filter((report) => report.observer === observer);
      return [uid, memoryOf(uid, newestLast(own, record?.lastSeen?.bootId), record?.lastSeen)];
    }),
  );
}

/** A later report of the same check takes an earlier one's place: the boot that was seen comes last. */
function newestLast(reports: readonly Evidence[], seenBoot: string | undefined): Evidence[] {
  const isSeen = ({ bootId }: Evidence): number => (bootId === seenBoot ? 1 : 0);
  return reports.toSorted(
    (one, other) => isSeen(one) - isSeen(other) || one.sequence - other.sequence,
  );
}

function evidenceOf({ event, sequence }: StoredFault): Evidence {
  const { check, observer, verdict, bootId, counter } = event;
  return { check, observer, verdict, bootId, counter, sequence };
}
