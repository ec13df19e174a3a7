/** `slipway repairs watch ID`: the tree of `show`, kept true until the repair has ended. */
import { pause } from '../../std/pause.ts';
import { visibleValue } from '../../domain/text.ts';
import { isFailure, type Failure } from '../failure.ts';
import { fromHub, readHeader } from '../reads.ts';
import { isUnread } from '../../views/unread.ts';
import { renderHeader, renderUnread } from '../header.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { isOpen, readLogs, stateOf, viewOf, type RepairLog } from '../../views/journal.ts';
import { withSources } from '../perform.ts';
import type { Sources } from '../sources.ts';
import { painter } from '../text/paint.ts';
import { redrawer } from '../look.ts';
import { draw, formOf, nextDocumentOf, type DocumentForm } from '../show.ts';
import { clockTime } from '../text/amounts.ts';
import { findLog } from './find.ts';
import { storyOf } from '../words/story.ts';
import type { Story } from '../../views/story.ts';
import { renderStory } from './render.ts';

const lookEveryMs = 1_000;

export async function run(invocation: Invocation, id: string): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const found = await findLog(sources, id);
    if (isFailure(found)) return found;
    const stop = invocation.io.interrupted;
    const redraw = drawer(invocation, sources);
    const { node } = found;
    let log = found;
    let trouble: Failure | undefined;
    for (;;) {
      await redraw(log, trouble);
      if (!isOpen(viewOf(log)) || stop.aborted) return exits.done;
      await pause(lookEveryMs, stop);
      const read = await fromHub(sources, (from) => readLogs(from, { repairId: id, node }));
      trouble = isFailure(read) ? read : undefined;
      log = isFailure(read) ? log : (read.logs[0] ?? log);
    }
  });
}

type Draw = (log: RepairLog, trouble: Failure | undefined) => Promise<void>;

function drawer(invocation: Invocation, sources: Sources): Draw {
  const { io, flags } = invocation;
  const form = formOf(flags);
  if (form) return documentDrawer(invocation, sources, form);
  return io.screen.live ? liveDrawer(invocation, sources) : plainDrawer(invocation, sources);
}

/** Draws over what it drew before; a tree higher than the screen shows its end. */
function liveDrawer({ io, flags }: Invocation, sources: Sources): Draw {
  const redraw = redrawer({ io, flags });
  return async (log, trouble) => {
    const asOf = io.now();
    const { header, unread } = await readHeader(sources, asOf);
    const { screen } = io;
    const paint = painter(screen.color);
    const lines = [
      ...renderHeader(header, screen.width, paint),
      '',
      ...renderStory(visibleValue(storyNow(log)), screen, asOf),
      ...renderUnread(trouble ? [...unread, trouble] : unread, screen.width, paint),
    ];
    redraw(lines);
  };
}

/** One line per piece of news, for a pipe. */
function plainDrawer({ io }: Invocation, sources: Sources): Draw {
  const told = new Set<string>();
  let isFirst = true;
  return async (log, trouble) => {
    if (isFirst) {
      isFirst = false;
      const { header } = await readHeader(sources, io.now());
      draw(io, renderHeader(header, Infinity, painter(false)));
    }
    for (const line of [...newsOf(storyNow(log)), ...(trouble ? [trouble.what] : [])]) {
      if (told.has(line)) continue;
      told.add(line);
      draw(io, [line]);
    }
  };
}

/** Notes that are told more often get a new time, but are the same piece of news: the first of each is kept. */
export function newsOf({ visits }: Story): string[] {
  return visits.flatMap(({ phase, from, notes }) => [
    `${clockTime(from)}  ${phase}`,
    ...notes.map(({ text, firstAt }) => `${clockTime(firstAt)}  ${phase}: ${text}`),
  ]);
}

/** One document per change. */
function documentDrawer({ io }: Invocation, sources: Sources, form: DocumentForm): Draw {
  let before = '';
  return async (log) => {
    const story = storyNow(log);
    const now = JSON.stringify(story);
    if (now === before) return;
    before = now;
    const { header, unread } = await readHeader(sources, io.now());
    io.out(nextDocumentOf({ kind: 'Repair', version: 1, header, ...story, unread }, form));
  };
}

function storyNow(log: RepairLog): Story {
  const state = stateOf(log);
  return storyOf(log, isUnread(state) ? undefined : state);
}
