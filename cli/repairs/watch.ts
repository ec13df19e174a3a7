/** `slipway repairs watch ID`: the tree of `show`, kept true until the repair has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { visibleValue } from '../../domain/text.ts';
import { isFailure, type Failure } from '../failure.ts';
import { readHeader, renderHeader, renderUnread } from '../header.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { isOpen, readLogs, stateOf, viewOf, type RepairLog } from '../journal.ts';
import { withSources } from '../perform.ts';
import type { Sources } from '../sources.ts';
import { bare, painter } from '../text/paint.ts';
import { cells } from '../text/width.ts';
import { draw, isDocument, lineOf } from '../show.ts';
import { clockTime } from '../text/amounts.ts';
import { findLog } from './show.ts';
import { storyOf, type Story } from './story.ts';
import { renderStory } from './tree.ts';

const lookEveryMs = 1_000;

export async function run(invocation: Invocation, id: string): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const found = await findLog(sources, id);
    if (isFailure(found)) return found;
    const stop = invocation.io.interrupted;
    const redraw = drawer(invocation, sources);
    let log = found;
    let trouble: Failure | undefined;
    for (;;) {
      await redraw(log, trouble);
      if (!isOpen(viewOf(log)) || stop.aborted) return exits.done;
      await delay(lookEveryMs, undefined, { signal: stop }).catch(() => undefined);
      const read = await readLogs(sources, { repairId: id, node: log.node });
      trouble = isFailure(read) ? read : undefined;
      log = isFailure(read) ? log : (read.logs[0] ?? log);
    }
  });
}

type Draw = (log: RepairLog, trouble: Failure | undefined) => Promise<void>;

function drawer(invocation: Invocation, sources: Sources): Draw {
  const { io, flags } = invocation;
  if (isDocument(flags)) return jsonDrawer(invocation, sources);
  return io.screen.live ? liveDrawer(invocation, sources) : plainDrawer(invocation, sources);
}

/** Draws over what it drew before; a tree higher than the screen shows its end. */
function liveDrawer({ io }: Invocation, sources: Sources): Draw {
  let drawn = 0;
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
    const shown = lines.slice(-Math.max(1, screen.height - 1));
    io.rewind?.(drawn);
    draw(io, shown);
    drawn = shown.reduce((rows, line) => rows + rowsOf(line, screen.width), 0);
  };
}

/** A line wider than the screen takes more than one row; colour codes take no room. */
function rowsOf(line: string, width: number): number {
  return Math.max(1, Math.ceil(cells(bare(line)) / width));
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

/** One JSON document per line and change. */
function jsonDrawer({ io }: Invocation, sources: Sources): Draw {
  let before = '';
  return async (log) => {
    const story = storyNow(log);
    const now = JSON.stringify(story);
    if (now === before) return;
    before = now;
    const { header, unread } = await readHeader(sources, io.now());
    io.out(lineOf({ kind: 'Repair', version: 1, header, ...story, unread }));
  };
}

function storyNow(log: RepairLog): Story {
  const state = stateOf(log);
  return storyOf(log, isFailure(state) ? undefined : state);
}
