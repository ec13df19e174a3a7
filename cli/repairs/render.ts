/** A story as a tree: what was, what is, what lies ahead. */
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { Screen } from '../io.ts';
import { painter, type Paint } from '../text/paint.ts';
import { labelled, wrap } from '../text/table.ts';
import { ahead, clockTime, counted, duration, moment } from '../text/amounts.ts';
import type { Note, Story, Visit } from '../../views/story.ts';

const shownBlockers = 5;

export function renderStory(story: Story, screen: Screen, now: EpochMs): string[] {
  const paint = painter(screen.color);
  return [
    ...head(story, screen.width, now).map((line, index) =>
      index === 0 ? paint('bold', line) : line,
    ),
    '',
    ...tree(story, screen, now, paint),
  ];
}

function head(story: Story, width: number, now: EpochMs): string[] {
  const { repair, fault, ladder, by } = story;
  const observe = repair.mode === 'observe' ? ' (observe mode: nothing is done)' : '';
  return [
    ...labelled('Repair', `${repair.repairId}${observe}`, width),
    ...labelled('Node', repair.node, width),
    ...labelled('Fault', faultText(repair.check, fault), width),
    ...labelled('Policy', `${repair.policy ?? 'not known'}: ${ladder.join(' → ')}`, width),
    ...(by === undefined ? [] : labelled('Opened by', by, width)),
    ...labelled('Opened', `${moment(repair.openedAt)}, ${elapsed(story, now)}`, width),
  ];
}

function faultText(check: string | undefined, fault: Story['fault']): string {
  if (!fault) return 'not known: the journal lacks the beginning';
  return `${check ?? ''}: ${fault.reason}, ${fault.message} (${fault.observer})`;
}

function elapsed({ repair }: Story, now: EpochMs): string {
  const { openedAt, closedAt } = repair;
  return closedAt === undefined
    ? `open for ${duration(now - openedAt)}`
    : `closed after ${duration(closedAt - openedAt)}`;
}

function tree(story: Story, screen: Screen, now: EpochMs, paint: Paint): string[] {
  const visits = story.visits.flatMap((visit, index) => {
    const last = index === story.visits.length - 1;
    return [
      visitLine(visit, story, now, paint),
      ...visit.notes.flatMap((note) => noteLines(note, screen.width)),
      ...(last ? presentLines(story, now) : []),
    ];
  });
  const rest = story.ahead.map((phase) => paint('dim', `○ ${phase}`));
  return [...visits, ...rest];
}

function visitLine(visit: Visit, { repair }: Story, now: EpochMs, paint: Paint): string {
  const { phase, from, until } = visit;
  if (phase === 'closed') return paint('bold', `● closed at ${clockTime(from)}`);
  const isPresent = until === undefined && repair.outcome === undefined;
  const span = duration((until ?? repair.closedAt ?? now) - from);
  const line = `${isPresent ? '▶' : '✔'} ${phase.padEnd(16)} ${span}`;
  return isPresent ? paint('cyan', line) : line;
}

function noteLines({ at, text, times }: Note, width: number): string[] {
  const often = times > 1 ? ` (${times} times)` : '';
  const lines = wrap(`${text}${often}`, Math.max(20, width - 14));
  return lines.map((line, index) =>
    index === 0 ? `  ${clockTime(at)}  ${line}` : `${' '.repeat(14)}${line}`,
  );
}

/** What holds the repair up now. */
function presentLines({ pods, waiting }: Story, now: EpochMs): string[] {
  const left = pods?.left ?? 0;
  const blockers = pods?.blockers ?? [];
  const names = blockers.slice(0, shownBlockers).map(({ pod, why, budgets, detail }) => {
    const said = budgets?.join(', ') ?? detail;
    return `    ${pod}: ${why}${said === undefined ? '' : ` (${said})`}`;
  });
  return [
    ...(left > 0 ? [`  ${counted(left, 'pod')} left`] : []),
    ...names,
    ...waitLines(waiting, now),
  ];
}

function waitLines(waiting: Story['waiting'], now: EpochMs): string[] {
  if (!waiting) return [];
  const when = ahead(waiting.until, now);
  return [`  waits: ${waiting.reason}${when === undefined ? '' : `, looks again ${when}`}`];
}
