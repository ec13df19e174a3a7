/** Looks that are shown once, or kept true until the person has seen enough. */
import { pause } from '../std/pause.ts';
import { visible, visibleValue } from '../domain/text.ts';
import { isFailure, showFailure, type Failure } from './failure.ts';
import { exits, type Exit, type Invocation, type Screen } from './io.ts';
import { draw, formOf, nextDocumentOf, screenFor, show } from './show.ts';
import { bare } from './text/paint.ts';
import { bullet } from './text/table.ts';
import { cells } from './text/width.ts';

type Viewed = { readonly header: object; readonly unread: readonly Failure[] };

export type Look<V extends Viewed> = {
  readonly read: () => Promise<V | Failure>;
  readonly render: (view: V, screen: Screen) => readonly string[];
  /** For `-o name`: what other commands take. */
  readonly names?: (view: V) => readonly string[];
  /** What is the case now, a line each without anything that only ages: a pipe gets the lines that are new. */
  readonly facts: (view: V) => readonly string[];
};

export async function look<V extends Viewed>(
  invocation: Invocation,
  what: Look<V>,
  watch = false,
): Promise<Exit | Failure> {
  if (watch) return keepLooking(invocation, what);
  const view = await what.read();
  if (isFailure(view)) return view;
  show(invocation, view, what.render, what.names);
  return view.unread.length > 0 ? exits.partial : exits.done;
}

const lookEveryMs = 1_000;

/** A first look that fails ends it; a later one is told, and tried again. */
async function keepLooking<V extends Viewed>(
  { io, flags }: Invocation,
  what: Look<V>,
): Promise<Exit | Failure> {
  const stop = io.interrupted;
  const write = writerFor({ io, flags }, what);
  let trouble: string | undefined;
  for (let last: V | undefined; ;) {
    const read = await what.read();
    if (!isFailure(read)) last = read;
    else if (last === undefined) return read;
    else if (read.what !== trouble && !io.rewind) showFailure({ io, flags }, read);
    trouble = isFailure(read) ? read.what : undefined;
    if (stop.aborted) return exits.done;
    write(last, trouble);
    await pause(lookEveryMs, stop);
    if (stop.aborted) return exits.done;
  }
}

type Write<V> = (view: V, trouble: string | undefined) => void;

function writerFor<V extends Viewed>(invocation: Invocation, what: Look<V>): Write<V> {
  const form = formOf(invocation.flags);
  if (form) {
    return whenChanged(
      (view) => JSON.stringify({ ...view, header: undefined }),
      (view) => invocation.io.out(nextDocumentOf(view, form)),
    );
  }
  if (invocation.flags.output === 'name') return factsWriter(invocation, what.names ?? what.facts);
  return invocation.io.rewind ? liveWriter(invocation, what) : plainWriter(invocation, what);
}

function whenChanged<V>(keyOf: (view: V) => string, write: (view: V) => void): Write<V> {
  let before: string | undefined;
  return (view) => {
    const key = keyOf(view);
    if (key !== before) write(view);
    before = key;
  };
}

/** The whole screen first, then what is new. */
function plainWriter<V extends Viewed>({ io, flags }: Invocation, what: Look<V>): Write<V> {
  const news = factsWriter({ io, flags }, what.facts);
  let isFirst = true;
  return (view, trouble) => {
    if (isFirst) draw(io, what.render(visibleValue(view), screenFor(io, flags)));
    news(view, trouble, isFirst);
    isFirst = false;
  };
}

function factsWriter<V extends Viewed>(
  { io }: Invocation,
  facts: (view: V) => readonly string[],
): (view: V, trouble?: string, silently?: boolean) => void {
  let before = new Set<string>();
  return (view, _trouble, silently = false) => {
    const now = facts(view);
    const lines = now.filter((line) => !before.has(line));
    if (!silently) draw(io, lines.map(visible));
    before = new Set(now);
  };
}

/** Draws over what it drew before; what is higher than the screen shows its end. */
function liveWriter<V extends Viewed>({ io, flags }: Invocation, what: Look<V>): Write<V> {
  const redraw = redrawer({ io, flags });
  return (view, trouble) => {
    const screen = screenFor(io, flags);
    const late = trouble === undefined ? [] : ['', ...bullet(trouble, screen.width)];
    redraw([...what.render(visibleValue(view), screen), ...late]);
  };
}

/** Writes lines in the place of those that it wrote before. */
export function redrawer({ io }: Invocation): (lines: readonly string[]) => void {
  let rows = 0;
  return (lines) => {
    const { width, height } = io.screen;
    const shown = lastRows(lines, width, Math.max(1, height - 1));
    io.rewind?.(rows);
    draw(io, shown);
    rows = shown.reduce((sum, line) => sum + rowsOf(line, width), 0);
  };
}

function lastRows(lines: readonly string[], width: number, height: number): readonly string[] {
  let rows = 0;
  const first = lines.findLastIndex((line) => {
    rows += rowsOf(line, width);
    return rows > height;
  });
  return lines.slice(Math.min(first + 1, lines.length - 1));
}

/** A line wider than the screen takes more than one row; colour codes take no room. */
function rowsOf(line: string, width: number): number {
  return Math.max(1, Math.ceil(cells(bare(line)) / width));
}
