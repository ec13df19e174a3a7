/** The ticket of a hand-over, made of the journal entries of its repair alone. */
import { rungAfter } from '../repair/again.ts';
import { initialState } from '../repair/evolve.ts';
import type { JournalEntry, RepairEvent, RepairOpening } from '../repair/types.ts';
import { attemptsOf } from './attempts.ts';
import { callsPerson, endIn, type Closed } from './decide.ts';
import { cut } from './text.ts';
import type { Ticket } from './types.ts';

const mostAttempts = 30;
const mostBlockers = 20;
const mostSaid = 10;

/**
 * `closing` is the entry that holds the repair's end; `entries` are those of the same repair, in their order, each
 * sequence once. Undefined: nobody is to be called. `unknown`: nothing tells whether. Whatever is missing among the entries is missing in the ticket: a
 * person is called all the same.
 */
export function ticketOf(
  closing: JournalEntry,
  entries: readonly JournalEntry[],
): Ticket | 'unknown' | undefined {
  const upToEnd = [...entries.filter(({ sequence }) => sequence < closing.sequence), closing];
  const opening = upToEnd.find((entry) => entry.opening)?.opening;
  const events = upToEnd.flatMap((entry) => entry.events);
  const closed = endIn(closing, events);
  const stands = standOf(events);
  if (closed === 'unknown') return closed;
  if (!closed || opening?.mode === 'observe' || !callsPerson(closed, stands.isolated))
    return undefined;
  const attempts = attemptsOf(upToEnd, opening?.policy.ladder ?? []);
  return {
    ...identityOf(closing, opening),
    ...endOf(closed, events),
    summary: summaryOf(closing, closed, opening),
    ...beginningOf(opening),
    attempts: attempts.slice(-mostAttempts),
    earlierAttempts: Math.max(0, attempts.length - mostAttempts),
    ...podsOf(events),
    said: saidOf(events),
    stands,
    next: commands(closing, { closed, opening, entries: upToEnd, isIsolated: stands.isolated }),
  };
}

function identityOf(
  { repairId, sequence, cluster, node }: JournalEntry,
  opening: RepairOpening | undefined,
): Pick<Ticket, 'version' | 'delivery' | 'repairId' | 'cluster' | 'node' | 'nodeUid'> {
  const delivery = `${repairId}/${sequence}`;
  const nodeUid = opening && { nodeUid: opening.nodeUid };
  return { version: 1, delivery, repairId, cluster, node, ...nodeUid };
}

function beginningOf(
  opening: RepairOpening | undefined,
): Pick<Ticket, 'openedAt' | 'policy' | 'fault'> {
  if (!opening) return {};
  return { openedAt: opening.openedAt, policy: opening.policy.name, fault: opening.fault };
}

function endOf(
  { outcome, reason, at: endedAt }: Closed,
  events: readonly RepairEvent[],
): Pick<Ticket, 'outcome' | 'reason' | 'detail' | 'endedAt'> {
  const concluded = events.findLast((event) => event.kind === 'concluded');
  const detail = concluded?.ending.detail;
  const told = detail !== undefined && { detail: cut(detail) };
  return { outcome, reason, ...told, endedAt };
}

function summaryOf(
  { node }: JournalEntry,
  { outcome, reason }: Closed,
  opening: RepairOpening | undefined,
): string {
  const end = `Slipway has ended its repair as ${outcome} (${reason})`;
  if (!opening) return `${node}: ${end}`;
  const { check, verdict, reason: because } = opening.fault;
  return cut(`${node}: ${check} was ${verdict}${because && ` (${because})`}; ${end}`);
}

function podsOf(events: readonly RepairEvent[]): Pick<Ticket, 'pods'> {
  const last = events.findLast((event) => event.kind === 'podsLeft' || event.kind === 'podsMoved');
  if (last?.kind !== 'podsLeft') return {};
  return { pods: { left: last.left, blockers: last.blockers.slice(0, mostBlockers) } };
}

function saidOf(events: readonly RepairEvent[]): Ticket['said'] {
  const said = events.flatMap((event) => (event.kind === 'cancelRequested' ? [event.by] : []));
  return said.slice(0, mostSaid).map(({ name, reason }) => ({ name, reason: cut(reason) }));
}

function standOf(events: readonly RepairEvent[]): Ticket['stands'] {
  const restored = events.findLast((event) => event.kind === 'restored');
  const isolated = events.some((event) => event.kind === 'isolated' && event.assumed !== true);
  if (restored?.node === 'returned')
    return { isolated: false, text: 'The node is in service again.' };
  if (restored?.node === 'left')
    return {
      isolated: false,
      text: 'The node is as whoever took it over left it; our mark is off.',
    };
  if (restored || isolated)
    return {
      isolated: true,
      text: 'The node stays isolated: cordoned and with our mark, until it is taken up again or uncordoned.',
    };
  return { isolated: false, text: 'The node was never isolated by Slipway.' };
}

type HandOverStory = {
  readonly closed: Closed;
  readonly opening: RepairOpening | undefined;
  readonly entries: readonly JournalEntry[];
  readonly isIsolated: boolean;
};

const because = '--reason "..."';

function commands({ node, repairId }: JournalEntry, found: HandOverStory): readonly string[] {
  const isHeld = found.closed.reason === 'held' || found.closed.reason === 'held-mid-repair';
  return [
    `slipway why ${node}`,
    `slipway repairs show ${repairId}`,
    ...(isHeld ? [`slipway unhold ${node} ${because}`] : []),
    ...waysOn(found).map((way) => `slipway repairs ${way} ${repairId} ${because}`),
    ...(found.isIsolated ? [`kubectl uncordon ${node}`] : []),
  ];
}

/** A repair is taken up again from its journal, so that has to be whole. */
function waysOn({ opening, entries }: HandOverStory): readonly ('continue' | 'rerun')[] {
  const isWhole = entries.every(({ sequence }, index) => sequence === index);
  if (!opening || !isWhole) return [];
  const { length } = opening.policy.ladder;
  if (length === 0) return [];
  return rungAfter(entries, initialState(opening).rung) < length
    ? ['continue', 'rerun']
    : ['rerun'];
}
