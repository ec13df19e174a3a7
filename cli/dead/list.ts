/** `slipway dead list`: what could not be read or handled, with the reason. */
import type { StoredDeadLetter } from '../../event-hub/index.ts';
import { isFailure, type Failure } from '../failure.ts';
import type { Header } from '../../views/header.ts';
import { fromHub, readHeader } from '../reads.ts';
import { renderHeader, renderUnread } from '../header.ts';
import type { Exit, Invocation, Screen } from '../io.ts';
import { look } from '../look.ts';
import { readLetters, readRequeued } from '../../views/dead.ts';
import { withSources } from '../perform.ts';
import type { Commands } from '../places.ts';
import type { Sources } from '../sources.ts';
import { painter } from '../text/paint.ts';
import { wrap } from '../text/table.ts';
import { moment } from '../text/amounts.ts';

export type DeadLetterView = Omit<StoredDeadLetter, 'body'> & {
  /** The original, as far as it is text. */
  readonly text: string;
  readonly requeued: boolean;
};

export type DeadListView = {
  readonly kind: 'DeadList';
  readonly version: 1;
  readonly header: Header;
  readonly letters: readonly DeadLetterView[];
  readonly unread: readonly Failure[];
};

export async function run(invocation: Invocation, watch?: true): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const { slipway } = sources.places.commands;
    const read = (): Promise<DeadListView | Failure> => readView(sources, invocation.io.now());
    const render = (view: DeadListView, screen: Screen): string[] =>
      renderDead(view, screen, slipway);
    return look(invocation, { read, render, names, facts }, watch);
  });
}

async function readView(sources: Sources, asOf: number): Promise<DeadListView | Failure> {
  const [head, letters, requeued] = await Promise.all([
    readHeader(sources, asOf),
    fromHub(sources, readLetters),
    fromHub(sources, readRequeued),
  ]);
  if (isFailure(letters)) return letters;
  const { header } = head;
  const unread = [...head.unread, ...[requeued].filter(isFailure)];
  const known = isFailure(requeued) ? new Set<number>() : requeued;
  const shown = letters.map((letter) => letterView(letter, known));
  return { kind: 'DeadList', version: 1, header, letters: shown, unread };
}

function names({ letters }: DeadListView): readonly string[] {
  return letters.map(({ deadSequence }) => String(deadSequence));
}

function facts({ letters }: DeadListView): readonly string[] {
  return letters.map(({ deadSequence, storedAt, reason, subject, detail, requeued }) => {
    const again = requeued ? 'requeued' : 'set aside';
    return [deadSequence, moment(storedAt), again, reason, subject, detail].join('  ');
  });
}

function letterView(
  { body, ...letter }: StoredDeadLetter,
  requeued: ReadonlySet<number>,
): DeadLetterView {
  const text = new TextDecoder().decode(body);
  return { ...letter, text, requeued: requeued.has(letter.deadSequence) };
}

const shownText = 200;

export function renderDead(
  { header, letters, unread }: DeadListView,
  screen: Screen,
  slipway: Commands['slipway'],
): string[] {
  const paint = painter(screen.color);
  const open = letters.filter(({ requeued }) => !requeued);
  return [
    ...renderHeader(header, screen.width, paint),
    '',
    ...(letters.length === 0 ? ['Nothing was set aside.'] : []),
    ...letters.flatMap((letter) => letterLines(letter, screen.width)),
    ...renderUnread(unread, screen.width, paint),
    ...(open[0]
      ? ['', slipway(`dead requeue ${open[0].deadSequence} --reason 'because ...'`)]
      : []),
  ];
}

function letterLines(letter: DeadLetterView, width: number): string[] {
  const { deadSequence, storedAt, reason, subject, sequence, detail, text, requeued } = letter;
  const again = requeued ? ', requeued' : '';
  const shown =
    text.length > shownText && width !== Infinity ? `${text.slice(0, shownText)}…` : text;
  const indented = (line: string): string[] =>
    wrap(line, Math.max(20, width - 4)).map((part) => `    ${part}`);
  return [
    `${deadSequence}  ${moment(storedAt)}  ${reason}${again}`,
    ...indented(`${subject} (sequence ${sequence}, ${letter.bytes} bytes)`),
    ...indented(detail),
    ...indented(shown),
  ];
}
