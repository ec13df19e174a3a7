/** What `slipway why` tells of one node. Pure: everything read comes in. */
import { isHeld, isolationMark } from '../../domain/marks.ts';
import type { NodeFacts } from '../../domain/node.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import { readNote } from '../../schemas/wire/personNote.ts';
import type { Described } from '../../temporal/index.ts';
import type { Header } from '../../views/header.ts';
import { isOpen, type RepairView } from '../../views/journal.ts';
import type { UndeliveredView } from '../../views/notices.ts';
import type { Story } from '../../views/story.ts';
import {
  checksOf,
  isIsolated,
  isOurs,
  reasonsOf,
  waysBack,
  type CheckView,
  type WhyFacts as KnownFacts,
  type Reason,
  type WayBack,
} from '../../views/why.ts';
import type { Failure } from '../failure.ts';
import { noteText } from '../header.ts';
import { counted, moment } from '../text/amounts.ts';
import { blockersText } from '../words/events.ts';
import { explain } from '../words/reasons.ts';
import { undeliveredText } from '../words/tickets.ts';
import { oftenThought } from './often.ts';

export type WhyKnown = KnownFacts & { readonly unread: readonly Failure[] };

export type Why = {
  readonly code: Reason['code'];
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
  readonly again: readonly WayBack[];
  /** With plain kubectl; empty where there is nothing of Slipway's on the node. */
  readonly takeBack: readonly string[];
  readonly unread: readonly Failure[];
};

export function whyView(known: WhyKnown, takeBack: readonly string[]): WhyView {
  const { header, node, facts, record, story, notices = [], unread } = known;
  const why = reasonsOf(known).map(whyOf);
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

function thoughts(known: WhyKnown): string[] {
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

function whyOf(reason: Reason): Why {
  const { code } = reason;
  switch (code) {
    case 'no-engine':
      return { code, sentence: 'No engine leads: nothing is decided until one does.' };
    case 'not-known':
      return { code, sentence: 'What would tell could not be read.' };
    case 'nothing-reported':
      return { code, sentence: 'No probe or agent ever reported about this node.' };
    case 'acting': {
      const phase = reason.phase === undefined ? '' : ` in phase ${reason.phase}`;
      return { code, sentence: `Slipway is at work on it${phase}.` };
    }
    default: {
      const sentence = `${explain(code)}${podsText(reason)}${machineText(reason)}`;
      const { lookAgainAt } = reason;
      return { code, sentence, ...(lookAgainAt !== undefined && { lookAgainAt }) };
    }
  }
}

type WaitingReason = Extract<Reason, { readonly blockers?: unknown }>;

/** Whoever asks why pods do not move wants to know which, and who keeps them. */
function podsText({ blockers = [] }: WaitingReason): string {
  const names = blockersText(blockers);
  return names === '' ? '' : ` Left${names}.`;
}

/** Whoever asks why nothing is tried wants to know what the machine said, and how long that may go on. */
function machineText({ untried }: WaitingReason): string {
  if (!untried) return '';
  const { since, tries, detail } = untried;
  return ` Since ${moment(since)} it was asked ${counted(tries, 'time')}, and last: ${detail}.`;
}
