/** What is known of one node, and why Slipway does not act on it now. Pure: everything read comes in. */
import { isHandedOver } from '../domain/dispatch/evolve.ts';
import type { CheckRecord, EpisodeRecord } from '../domain/dispatch/types.ts';
import { isHeld, isolationMark } from '../domain/marks.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { Blocker, RepairState, WaitReason } from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { handedOverOutcomes, type Phase } from '../domain/vocabulary/repair.ts';
import { marks } from '../domain/vocabulary/marks.ts';
import type { EngineRecord } from '../schemas/wire/engineRecord.ts';
import type { Described } from '../temporal/index.ts';
import { leaderOf, type Header } from './header.ts';
import { isOpen } from './journal.ts';
import type { UndeliveredView } from './notices.ts';
import type { Story } from './story.ts';
import { wellAt } from './wellAt.ts';

/** Everything that could be read about a node; what is undefined was not there or not readable. */
export type WhyFacts = {
  readonly header: Header;
  readonly node: string;
  readonly facts?: NodeFacts | undefined;
  /** The API server said that there is no such node. */
  readonly gone: boolean;
  readonly record?: EpisodeRecord | undefined;
  readonly engine?: EngineRecord | undefined;
  /** The newest repair of the node, as the journal tells it. */
  readonly story?: Story | undefined;
  /** The newest repair's state: folded from the journal, or else asked of the repair itself. */
  readonly state?: RepairState | undefined;
  readonly workflow?: Described | undefined;
  /** Tickets of this node that have not arrived. */
  readonly notices?: readonly UndeliveredView[] | undefined;
  /** What could not be read, in whatever form the screen tells it. */
  readonly unread: readonly object[];
};

export type CheckView = {
  readonly check: string;
  /** Who reported it. */
  readonly observer: string;
  readonly verdict: string;
  readonly since: EpochMs;
  readonly reason: string;
  readonly message: string;
  /** Whether the report is about the boot the node is in now. */
  readonly present?: boolean;
};

/** Why nothing more is done now. */
export type Reason =
  | {
      readonly code: WaitReason;
      readonly lookAgainAt?: EpochMs;
      /** Pods that do not move. */
      readonly blockers?: readonly Blocker[];
      /** What the machine said to those who wanted to try a rung. */
      readonly untried?: NonNullable<RepairState['untried']>;
    }
  | { readonly code: 'acting'; readonly phase: Phase | undefined }
  | { readonly code: 'no-engine' | 'nothing-reported' | 'not-known' };

/** All that stands in the way, the widest first. */
export function reasonsOf(known: WhyFacts): readonly Reason[] {
  const { header, facts } = known;
  return [
    ...(header.paused ? [because('paused')] : []),
    ...(noEngine(header) ? [{ code: 'no-engine' } as const] : []),
    ...(header.mode === 'observe' ? [because('observe-mode')] : []),
    ...(facts && isHeld(facts) ? [because('held')] : []),
    ownReason(known),
  ];
}

function noEngine(header: Header): boolean {
  const leader = leaderOf(header);
  return leader !== 'leads' && leader !== 'unknown';
}

function ownReason(known: WhyFacts): Reason {
  const { state, story, record } = known;
  const open = state ? state.phase !== 'closed' : story !== undefined && isOpen(story.repair);
  if (open) return repairReason(state);
  if (record) return recordReason(record, known);
  if (story) return because('not-faulty');
  return { code: known.unread.length > 0 ? 'not-known' : 'nothing-reported' };
}

function repairReason(state: RepairState | undefined): Reason {
  if (state?.refused) {
    const why = because(state.refused.reason, state.refused.lookAgainAt);
    return state.phase === 'migrating' ? { ...why, blockers: state.pods.blockers } : why;
  }
  if (state?.waiting) {
    const why = because(state.waiting.reason, state.waiting.until);
    const { untried } = state;
    return why.code === 'bmc-unavailable' && untried ? { ...why, untried } : why;
  }
  return { code: 'acting', phase: state?.phase };
}

function recordReason(record: EpisodeRecord, { engine, header }: WhyFacts): Reason {
  if (isHandedOver(record.episode?.outcome)) {
    const clearedAt = wellAt(record, engine);
    if (clearedAt !== undefined && clearedAt <= header.asOf) return because('not-faulty');
    return because('handed-over', clearedAt);
  }
  const { ignored, healthySince } = record;
  if (!ignored || healthySince !== undefined) return because('not-faulty');
  const due = ignored.reason === 'holding-down' ? dueAt(record, engine) : undefined;
  return because(ignored.reason, due);
}

/** When the hold-down of the fault that comes first is over. */
function dueAt(record: EpisodeRecord, engine: EngineRecord | undefined): EpochMs | undefined {
  const due = record.reports.flatMap(({ check, faultySince }) => {
    const policy = engine?.policies.find(({ checks }) => checks.includes(check));
    return policy && faultySince !== undefined ? [faultySince + policy.holdDownMs] : [];
  });
  return due.length === 0 ? undefined : Math.min(...due);
}

function because(code: WaitReason, lookAgainAt?: EpochMs): Reason & { readonly code: WaitReason } {
  return { code, ...(lookAgainAt !== undefined && { lookAgainAt }) };
}

/** How a person may give a handed-over node back to Slipway. */
export type WayBack = 'continue' | 'rerun';

export function waysBack(
  { story, gone }: WhyFacts,
  why: readonly Pick<Reason, 'code'>[],
): readonly WayBack[] {
  const outcome = story?.repair.outcome;
  if (gone || !why.some(({ code }) => code === 'handed-over')) return [];
  if (!story || !outcome || !handedOverOutcomes.includes(outcome)) return [];
  if (story.ladder.length === 0) return [];
  const rungsLeft = story.nextRung !== undefined && story.nextRung < story.ladder.length;
  return rungsLeft ? ['continue', 'rerun'] : ['rerun'];
}

export function checksOf(
  record: EpisodeRecord | undefined,
  facts: NodeFacts | undefined,
): CheckView[] {
  const reports = record?.reports ?? [];
  return reports.filter(isNewest).map((known) => ({
    check: known.check,
    observer: known.observer,
    verdict: known.verdict,
    since: known.faultySince ?? known.heardAt,
    reason: known.reason,
    message: known.message,
    ...(facts && { present: known.bootId === facts.bootId }),
  }));
}

/** Of an earlier boot only where its observer said nothing newer about it. */
function isNewest(report: CheckRecord, _index: number, all: readonly CheckRecord[]): boolean {
  return !all.some(
    ({ check, observer, sequence }) =>
      check === report.check && observer === report.observer && sequence > report.sequence,
  );
}

/** Whether something of Slipway's is on the node: an open repair, or what one left on the node; where nobody can tell, it may be so. */
export function isOurs({ facts, story, gone, unread }: WhyFacts): boolean {
  if (gone) return false;
  if (!facts || unread.length > 0 || (story && isOpen(story.repair))) return true;
  return [marks.isolation, marks.handedOver].some((key) => facts.marks[key] !== undefined);
}

export function isIsolated(facts: NodeFacts): boolean {
  return facts.unschedulable && isolationMark(facts) !== undefined;
}
