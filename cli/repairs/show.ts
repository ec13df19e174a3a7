/** `slipway repairs show ID`. */
import { isFailure, failure, type Failure } from '../failure.ts';
import { distinct, readHeader, renderHeader, renderUnread, type Header } from '../header.ts';
import { exits, type Exit, type Invocation, type Screen } from '../io.ts';
import { readLogs, stateOf, type RepairLog } from '../journal.ts';
import { withSources } from '../perform.ts';
import type { Commands } from '../places.ts';
import { quote } from '../text/quote.ts';
import { show } from '../show.ts';
import type { Sources } from '../sources.ts';
import { painter } from '../text/paint.ts';
import { storyOf, type Story } from './story.ts';
import { renderStory } from './render.ts';

export async function run(invocation: Invocation, repairId: string): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const asOf = invocation.io.now();
    const [head, log] = await Promise.all([readHeader(sources, asOf), findLog(sources, repairId)]);
    if (isFailure(log)) return log;
    const state = stateOf(log);
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

/** The journal of one repair; it is the truth, so Temporal is not asked. */
export async function findLog(sources: Sources, repairId: string): Promise<RepairLog | Failure> {
  const read = await readLogs(sources, { repairId });
  if (isFailure(read)) return read;
  const [log] = read.logs;
  return log ?? failure('repairNotFound', `There is no repair ${repairId} in the journal.`);
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
