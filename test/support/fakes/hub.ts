/** The hub in memory, as activities see it: reports, the journal, and the records of nodes. Held to test/contract/ports. */
import type { HubPort, Unread } from '../../../activities/ports.ts';
import { openRecords } from '../../../dispatch/records.ts';
import type { Records } from '../../../dispatch/records.ts';
import { attemptStanding, evolve } from '../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import { merged } from '../../../domain/evidence.ts';
import type { StoredFault } from '../../../domain/fault.ts';
import type { CheckReport, JournalEntry } from '../../../domain/repair/types.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { fakeBucket } from './bucket.ts';

export type FakeHub = {
  readonly port: HubPort;
  readonly records: Records;
  readonly journal: readonly JournalEntry[];
  readonly report: (fault: StoredFault) => void;
  readonly put: (record: EpisodeRecord) => Promise<void>;
  /** While it is cut off, nothing is answered. */
  readonly cut: () => void;
  readonly mend: () => void;
};

const silent: Unread = { ok: false, reason: 'hub-unreadable', why: 'the hub is cut off' };

export function fakeHub(): FakeHub {
  const bucket = fakeBucket(parseEpisodeRecord);
  const records = openRecords(bucket);
  const faults: StoredFault[] = [];
  const journal: JournalEntry[] = [];
  let isCut = false;
  const port: HubPort = {
    newestReports: async (node, nodeUid) => {
      if (isCut) return silent;
      const record = records.get(node);
      const isKnown = record?.nodeUid === nodeUid;
      const known = isKnown ? record.reports.map(reportOf) : [];
      const ofNode = faults.filter(({ event }) => event.node === node);
      const told = isKnown
        ? ofNode.filter(({ sequence }) => sequence > record.place)
        : lastOf(ofNode);
      const reports = told
        .filter(({ event }) => event.nodeUid === nodeUid)
        .map(({ event, sequence }) => reportOf({ ...event, sequence }));
      return { ok: true, value: merged(known, reports) };
    },
    isOpen: async (node, repairId) => {
      const read = await records.read(node);
      if (!read.ok) return silent;
      const episode = read.record?.episode;
      return { ok: true, value: episode?.repairId === repairId && episode.outcome === undefined };
    },
    beginAttempt: async (node, attempt) => {
      const changed = await records.changeWith(node, (record) => ({
        value: record && evolve(record, { kind: 'attemptBegun', ...attempt }),
        result: record ? attemptStanding(record, attempt) : ('not-open' as const),
      }));
      return changed.kind === 'failed' ? silent : { ok: true, value: changed.result };
    },
    publishJournal: async (entries) => {
      if (isCut) return silent;
      journal.push(...entries.filter((entry) => !journal.some((known) => isSame(known, entry))));
      return { ok: true, value: undefined };
    },
    changeEpisode: async (node, event) => {
      const changed = await records.change(node, (record) => record && evolve(record, event));
      return changed.kind === 'failed' ? silent : { ok: true, value: undefined };
    },
  };
  return {
    port,
    records,
    journal,
    report: (fault) => void faults.push(fault),
    put: async (record) => void (await records.change(record.node, () => record)),
    cut: () => {
      isCut = true;
      bucket.cut();
    },
    mend: () => {
      isCut = false;
      bucket.mend();
    },
  };
}

/** The last of each subject: what a stream without a record is asked for. */
function lastOf(faults: readonly StoredFault[]): readonly StoredFault[] {
  const bySubject = faults.map((fault) => [`${fault.event.observer} ${fault.event.check}`, fault]);
  return [...new Map(bySubject as [string, StoredFault][]).values()];
}

function isSame(one: JournalEntry, other: JournalEntry): boolean {
  return one.repairId === other.repairId && one.sequence === other.sequence;
}

function reportOf({ check, observer, verdict, bootId, counter, sequence }: CheckReport) {
  return { check, observer, verdict, bootId, counter, sequence };
}
