/** What is known of node conditions as evidence (ADR 15): a check is named like its condition. */
import type { Beats } from '../dispatch/types.ts';
import type { FaultEvent, Verdict } from '../fault.ts';
import type { ConditionStatus } from '../node.ts';
import type { EpochMs } from '../vocabulary/time.ts';

/** How the status of one condition type is read. */
export type ConditionRule = {
  readonly type: string;
  readonly verdicts: Readonly<Record<ConditionStatus, Verdict>>;
  /** False where its writers set it once and never confirm it: its age says nothing then. */
  readonly beats: boolean;
};

/** How a policy says that a condition of its own is to be read. */
export type OwnCondition = {
  readonly type: string;
  readonly faultyWhen: 'True' | 'False';
  /** False where its writer sets it once and never confirms it. */
  readonly beats: boolean;
};

/** The newest report about one check. */
export type LastReport = Pick<FaultEvent, 'check' | 'bootId' | 'verdict' | 'counter'>;

/** What has been reported of one node, and what was seen of it. */
export type NodeMemory = {
  readonly nodeUid: string;
  readonly bootId: string;
  readonly reports: Readonly<Record<string, LastReport>>;
  /** When each condition was last confirmed in this boot, as last seen. */
  readonly heartbeats: Beats;
  /** The same as last seen in the boot before, if that was seen. */
  readonly heartbeatsBefore: Beats;
  /** The kubelet's first confirmation of Ready in this boot; 0 where the boot began before anybody looked. */
  readonly firstReadyAt: EpochMs;
};

/** A report before it has a cluster, an observer, a time and an id. */
export type ReportDraft = Pick<
  FaultEvent,
  'node' | 'nodeUid' | 'bootId' | 'check' | 'verdict' | 'reason' | 'message' | 'counter'
>;

export type Sighting = {
  readonly memory: NodeMemory;
  /** What to publish, in the order of the table. */
  readonly reports: readonly ReportDraft[];
};
