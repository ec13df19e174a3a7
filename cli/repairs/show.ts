/** `slipway repairs show ID`. */
import { isFailure, type Failure } from '../failure.ts';
import type { Header } from '../../views/header.ts';
import { distinct, orFailure, readHeader } from '../reads.ts';
import { renderHeader, renderUnread } from '../header.ts';
import { exits, type Exit, type Invocation, type Screen } from '../io.ts';
import { stateOf } from '../../views/journal.ts';
import { withSources } from '../perform.ts';
import type { Commands } from '../places.ts';
import { quote } from '../text/quote.ts';
import { show } from '../show.ts';
import { painter } from '../text/paint.ts';
import { storyOf } from '../words/story.ts';
import type { Story } from '../../views/story.ts';
import { findLog } from './find.ts';
import { renderStory } from './render.ts';

export async function run(invocation: Invocation, repairId: string): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const asOf = invocation.io.now();
    const [head, log] = await Promise.all([readHeader(sources, asOf), findLog(sources, repairId)]);
    if (isFailure(log)) return log;
    const state = orFailure(stateOf(log));
    const story = storyOf(log, isFailure(state) ? undefined : state);
    const unread = distinct([...head.unread, ...[state].filter(isFailure)]);
    const view = { kind: 'Repair', version: 1, header: head.header, ...story, unread } as const;
    show(invocation, view, (shown, screen) => renderShow(shown, screen, sources.places.commands));
    return unread.length > 0 ? exits.partial : exits.done;
  });
}

export type RepairScreen = Story & {
  readonly header: Header;
  readonly unread: readonly Failure[];
};

export function renderShow(view: RepairScreen, screen: Screen, { slipway }: Commands): string[] {
  const paint = painter(screen.color);
  return [
    ...renderHeader(view.header, screen.width, paint),
    '',
    ...renderStory(view, screen, view.header.asOf),
    ...renderUnread(view.unread, screen.width, paint),
    '',
    ...nextCommands(view, slipway),
  ];
}

function nextCommands({ repair }: Story, slipway: Commands['slipway']): string[] {
  const { repairId, node, outcome } = repair;
  if (outcome === undefined) {
    return [
      slipway(`repairs watch ${repairId}`),
      slipway(`repairs cancel ${repairId} --reason ${quote('because ...')}`),
    ];
  }
  return [slipway(`why ${quote(node)}`), slipway(`repairs replay ${repairId}`)];
}
