/** What `slipway why` knows of one node, and why Slipway does not act on it now. Pure: everything read comes in. */
import { isHandedOver } from '../../domain/dispatch/evolve.ts';
import type { CheckRecord, EpisodeRecord } from '../../domain/dispatch/types.ts';
import { isHeld, isolationMark } from '../../domain/marks.ts';
import type { NodeFacts } from '../../domain/node.ts';
import type { RepairState, WaitReason } from '../../domain/repair/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { handedOverOutcomes } from '../../domain/vocabulary/repair.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import type { EngineRecord } from '../../schemas/wire/engineRecord.ts';
import { readNote } from '../../schemas/wire/personNote.ts';
import type { Described } from '../../temporal/index.ts';
import type { Failure } from '../failure.ts';
import { noteText, type Header } from '../header.ts';
import { isOpen, type RepairView } from '../journal.ts';
import { undeliveredText, type UndeliveredView } from '../notices.ts';
import { blockersText } from '../words/events.ts';
import type { Story } from '../repairs/story.ts';
import { counted, moment } from '../text/amounts.ts';
import { wellAt } from '../../views/wellAt.ts';
import { explain } from '../words/reasons.ts';
import { oftenThought } from './often.ts';

/** Everything that could be read about a node; what is undefined was not there or not readable. */
export type Known = {
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
  readonly unread: readonly Failure[];
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

export type Why = {
  readonly code: WaitReason | 'no-engine' | 'acting' | 'nothing-reported' | 'not-known';
  readonly sentence: string;
  readonly lookAgainAt?: EpochMs;
};

export type WhyView = {
  readonly kind: 'Why';
  readonly version: 1;
  readonly header: Header;
  readonly node: string;
  readonly thinks: readonly string[];
  readonly checks: readonly CheckView[];
  readonly repair?: RepairView;
  readonly did: readonly { readonly at: EpochMs; readonly phase: string; readonly text: string }[];
  readonly why: readonly Why[];
  /** Tickets of this node that have not arrived; absent where there is none. */
  readonly notices?: readonly UndeliveredView[];
  /** Cordoned by Slipway. */
  readonly isolated: boolean;
  readonly held: boolean;
  /** How a person may give a handed-over node back to Slipway. */
  readonly again: readonly ('continue' | 'rerun')[];
  /** With plain kubectl; empty where there is nothing of Slipway's on the node. */
  readonly takeBack: readonly string[];
  readonly unread: readonly Failure[];
};

export function whyView(known: Known, takeBack: readonly string[]): WhyView {
  const { header, node, facts, record, story, notices = [], unread } = known;
  const why = reasons(known);
  return {
    kind: 'Why',
    version: 1,
    header,
    node,
    thinks: thoughts(known),
    checks: checksOf(record, facts),
    ...(story && { repair: story.repair }),
    did: deeds(story),
    why,
    ...(notices.length > 0 && { notices }),
    isolated: facts !== undefined && isIsolated(facts),
    held: facts !== undefined && isHeld(facts),
    again: waysBack(known, why),
    takeBack: isOurs(known) ? takeBack : [],
    unread,
  };
}

function isIsolated(facts: NodeFacts): boolean {
  return facts.unschedulable && isolationMark(facts) !== undefined;
}

/** An open repair, or what one left on the node; where nobody can tell, it may be so. */
function isOurs({ facts, story, gone, unread }: Known): boolean {
  if (gone) return false;
  if (!facts || unread.length > 0 || (story && isOpen(story.repair))) return true;
  return [marks.isolation, marks.handedOver].some((key) => facts.marks[key] !== undefined);
}

function waysBack({ story, gone }: Known, why: readonly Why[]): WhyView['again'] {
  const outcome = story?.repair.outcome;
  if (gone || !why.some(({ code }) => code === 'handed-over')) return [];
  if (!story || !outcome || !handedOverOutcomes.includes(outcome)) return [];
  if (story.ladder.length === 0) return [];
  const rungsLeft = story.nextRung !== undefined && story.nextRung < story.ladder.length;
  return rungsLeft ? ['continue', 'rerun'] : ['rerun'];
}

function thoughts(known: Known): string[] {
  const { facts, gone, record, story, workflow, header, notices = [] } = known;
  const often = record && oftenThought(record, header.asOf);
  return [
    ...(gone ? ['The cluster has no node of this name (any more).'] : []),
    ...(facts ? nodeThoughts(facts, header.asOf) : []),
    ...(story ? [repairThought(story.repair)] : []),
    ...(often === undefined ? [] : [often]),
    ...(workflow ? workflowThoughts(workflow, story) : []),
    ...notices.map((notice) => undeliveredText(notice, header.asOf)),
  ];
}

function nodeThoughts(facts: NodeFacts, now: EpochMs): string[] {
  const mark = isolationMark(facts);
  const hold = facts.marks[marks.hold];
  const owner = facts.unschedulableOwner ?? 'an unknown client';
  const cordon = facts.unschedulable ? `cordoned (set by ${owner})` : 'schedulable';
  return [
    `The node is Ready ${facts.ready} and ${cordon}.`,
    ...(mark ? [`It carries the isolation mark of repair ${mark.repair}.`] : []),
    ...(hold === undefined ? [] : [`On hold ${noteText(readNote(hold), now)}.`]),
    ...(facts.deleting ? ['It is being deleted.'] : []),
  ];
}

function repairThought({ repairId, phase, outcome, reason }: RepairView): string {
  if (outcome === undefined) return `Repair ${repairId} is open, in phase ${phase}.`;
  return `The newest repair, ${repairId}, ended as ${outcome} (${reason ?? 'no reason'}).`;
}

/** Worth a line where Temporal tells something else than the journal. */
function workflowThoughts(workflow: Described, story: Story | undefined): string[] {
  if (workflow.kind === 'absent') return [];
  const { repairId, running, status } = workflow;
  const same = story?.repair.repairId === repairId;
  if (same && running === isOpen(story.repair)) return [];
  return [`Temporal knows repair ${repairId} of this node: ${status}.`];
}

function checksOf(record: EpisodeRecord | undefined, facts: NodeFacts | undefined): CheckView[] {
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

function deeds(story: Story | undefined): WhyView['did'] {
  return (story?.visits ?? []).flatMap(({ phase, from, notes }) =>
    notes.length === 0
      ? [{ at: from, phase, text: `entered ${phase}` }]
      : notes.map(({ at, text, times }) => ({
          at,
          phase,
          text: times > 1 ? `${text} (${times} times)` : text,
        })),
  );
}

/** All that stands in the way, the widest first. */
function reasons(known: Known): Why[] {
  const { header, facts } = known;
  return [
    ...(header.paused ? [because('paused')] : []),
    ...(noEngine(header) ? [noEngineWhy] : []),
    ...(header.mode === 'observe' ? [because('observe-mode')] : []),
    ...(facts && isHeld(facts) ? [because('held')] : []),
    ownReason(known),
  ];
}

function because(code: WaitReason, lookAgainAt?: EpochMs): Why {
  return {
    code,
    sentence: explain(code),
    ...(lookAgainAt !== undefined && { lookAgainAt }),
  };
}

/** A leader renews its lease every few seconds. */
const silentAfterMs = 30_000;

function noEngine({ engine, engineUnknown, asOf }: Header): boolean {
  if (engineUnknown) return false;
  return !engine || engine.holder === '' || asOf - engine.seenAt > silentAfterMs;
}

const noEngineWhy: Why = {
  code: 'no-engine',
  sentence: 'No engine leads: nothing is decided until one does.',
};

function ownReason(known: Known): Why {
  const { state, story, record } = known;
  const open = state ? state.phase !== 'closed' : story !== undefined && isOpen(story.repair);
  if (open) return repairReason(state);
  if (record) return recordReason(record, known);
  if (story) return because('not-faulty');
  const hubMissing = known.unread.length > 0;
  return hubMissing
    ? { code: 'not-known', sentence: 'What would tell could not be read.' }
    : { code: 'nothing-reported', sentence: 'No probe or agent ever reported about this node.' };
}

function repairReason(state: RepairState | undefined): Why {
  if (state?.refused)
    return withPods(because(state.refused.reason, state.refused.lookAgainAt), state);
  if (state?.waiting) return withMachine(because(state.waiting.reason, state.waiting.until), state);
  const phase = state ? ` in phase ${state.phase}` : '';
  return { code: 'acting', sentence: `Slipway is at work on it${phase}.` };
}

/** Whoever asks why nothing is tried wants to know what the machine said, and how long that may go on. */
function withMachine(why: Why, { untried }: RepairState): Why {
  if (why.code !== 'bmc-unavailable' || !untried) return why;
  const since = `Since ${moment(untried.since)} it was asked ${counted(untried.tries, 'time')}`;
  return { ...why, sentence: `${why.sentence} ${since}, and last: ${untried.detail}.` };
}

/** Whoever asks why pods do not move wants to know which, and who keeps them. */
function withPods(why: Why, { phase, pods }: RepairState): Why {
  const names = phase === 'migrating' ? blockersText(pods.blockers) : '';
  return names === '' ? why : { ...why, sentence: `${why.sentence} Left${names}.` };
}

function recordReason(record: EpisodeRecord, { engine, header }: Known): Why {
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
