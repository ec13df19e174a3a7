/** `slipway status`. */
import type { StackState } from '../../schemas/local/stackState.ts';
import { readStatus } from '../../views/status.ts';
import { isFailure } from '../failure.ts';
import type { Exit, Invocation, Screen } from '../io.ts';
import { look } from '../look.ts';
import { withSources } from '../perform.ts';
import { isAlive } from '../processes.ts';
import { distinct, reachedBy } from '../reads.ts';
import type { Sources } from '../sources.ts';
import { failureOf } from '../words/unread.ts';
import { renderStatus, statusFacts } from './render.ts';
import type { ProcessView, StatusView } from './view.ts';

export async function run(invocation: Invocation, watch?: true): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const { slipway } = sources.places.commands;
    const read = (): Promise<StatusView> => readView(sources, invocation.io.now());
    const render = (view: StatusView, screen: Screen): string[] =>
      renderStatus(view, screen, slipway);
    return look(invocation, { read, render, facts: statusFacts }, watch);
  });
}

async function readView(sources: Sources, asOf: number): Promise<StatusView> {
  const { unread, ...status } = await readStatus(reachedBy(sources), asOf);
  const { kube, cluster, hub, places } = sources;
  return {
    kind: 'Status',
    version: 1,
    ...status,
    processes: places.local?.children.map(processView),
    unread: distinct([
      ...[kube, cluster].filter(isFailure),
      ...unread.map(failureOf),
      ...[hub].filter(isFailure),
    ]),
  };
}

function processView({ name, pid, logFile }: StackState['children'][number]): ProcessView {
  return { name, pid, alive: isAlive(pid), logFile };
}
