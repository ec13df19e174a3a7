/** What opens the repair of an episode: made of the node's record alone, so that every retry opens the same one. */
import type { CheckRecord, Episode, EpisodeRecord } from '../dispatch/types.ts';
import type { FaultEvent } from '../fault.ts';
import type { RepairOpening } from './types.ts';

type Resolved = Pick<RepairOpening, 'policy' | 'mode' | 'codeVersion'>;

/** Undefined where the record no longer holds a report about the check that opened the episode. */
export function openingOf(
  record: EpisodeRecord,
  episode: Episode,
  { policy, mode, codeVersion }: Resolved,
): RepairOpening | undefined {
  const about = record.reports.filter(({ check }) => check === episode.check);
  const report = about.find(({ eventId }) => eventId === episode.openingEventId) ?? about.at(-1);
  if (!report) return undefined;
  const { cluster, node, nodeUid } = record;
  const { repairId, openedAt, after, relapse } = episode;
  const fault = faultOf(record, report);
  const { sequence } = report;
  const opening = { repairId, cluster, node, nodeUid, mode, openedAt, fault, sequence };
  return { ...opening, policy, codeVersion, ...(after && { after }), ...(relapse && { relapse }) };
}

function faultOf({ cluster, node, nodeUid }: EpisodeRecord, report: CheckRecord): FaultEvent {
  const { eventId: id, bootId, check, observer, verdict, reason, message, counter } = report;
  const told = { id, bootId, observer, check, verdict, reason, message, counter };
  return { cluster, node, nodeUid, ...told, observedAt: report.storedAt };
}
