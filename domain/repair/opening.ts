/** What opens the repair of an episode: made of the node's record alone, so that every retry opens the same one. */
import type { CheckRecord, Episode, EpisodeRecord } from '../dispatch/types.ts';
import type { FaultEvent } from '../fault.ts';
import type { RepairOpening } from './types.ts';

type Resolved = Pick<RepairOpening, 'policy' | 'mode' | 'codeVersion'>;

/** Undefined where the record no longer holds the check that opened the episode. */
export function openingOf(
  record: EpisodeRecord,
  episode: Episode,
  { policy, mode, codeVersion }: Resolved,
): RepairOpening | undefined {
  const check = record.checks[episode.check];
  if (!check) return undefined;
  const { cluster, node, nodeUid } = record;
  const { repairId, openedAt, after } = episode;
  const fault = faultOf(record, episode.check, check);
  const { sequence } = check;
  const opening = { repairId, cluster, node, nodeUid, mode, openedAt, fault, sequence };
  return { ...opening, policy, codeVersion, ...(after && { after }) };
}

function faultOf(record: EpisodeRecord, check: string, known: CheckRecord): FaultEvent {
  const { cluster, node, nodeUid } = record;
  const { eventId: id, bootId, verdict, reason, message, source, counter, storedAt } = known;
  const told = { id, bootId, verdict, reason, message, source, counter, observedAt: storedAt };
  return { cluster, node, nodeUid, check, ...told };
}
