/** `slipway repairs cancel ID`: asks the repair to stop, and waits until its journal shows that it heard. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Author } from '../../domain/repair/types.ts';
import { carryOut, type Change } from '../change.ts';
import { failure, isFailure, showFailure, type Failure } from '../failure.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { isOpen, readLogs, viewOf, type RepairLog, type RepairView } from '../../views/journal.ts';
import { withSources } from '../perform.ts';
import { fromHub } from '../reads.ts';
import { answer } from '../show.ts';
import { inTime, type Sources } from '../sources.ts';
import { sentence } from '../text/sentence.ts';
import { findLog } from './find.ts';

const confirmWithinMs = 10_000;
const lookEveryMs = 250;

export async function run(invocation: Invocation, id: string, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true, temporal: true }, async (sources) => {
    const place = await findPlace(sources, id);
    if (isFailure(place)) return place;
    const { phase, node, outcome } = place;
    if (outcome !== undefined)
      return failure('repairOver', `Repair ${id} has ended already, as ${outcome}.`, {
        repairId: id,
      });
    return carryOut(invocation, change, sources, {
      what: `cancel repair ${id}`,
      details: [`It is in phase ${phase} on node ${node}.`, consequence(phase)],
      act: (by) => cancel(invocation, sources, { repairId: id, node }, by),
    });
  });
}

type Place = { readonly node: string; readonly phase: string; readonly outcome?: string };

/** The journal knows best; a person must be able to cancel without the hub too, so Temporal stands in. */
async function findPlace(sources: Sources, id: string): Promise<Place | Failure> {
  const log = await findLog(sources, id);
  if (!isFailure(log)) return viewOf(log);
  const { hub, temporal, cluster } = sources;
  if (!isFailure(hub) || isFailure(temporal) || isFailure(cluster)) return log;
  const { listRepairs } = await import('../../temporal/index.ts');
  const of = { cluster: cluster.id, running: true, limit: mostRunning } as const;
  const listed = await inTime(temporal, () => listRepairs(temporal, of));
  if (listed.kind === 'failed') return failure('temporalFailed', sentence(listed.why));
  const found = listed.repairs.find(({ repairId }) => repairId === id);
  return found ?? failure('repairNotFound', `Neither hub nor Temporal show a repair ${id}.`);
}

const mostRunning = 10_000;

/** What becomes of a repair that is cancelled now (ADR 8). */
function consequence(phase: string): string {
  switch (phase) {
    case 'awaiting-permit':
      return 'Nothing was changed yet.';
    case 'isolating':
    case 'tagging':
    case 'migrating':
      return 'What was done is undone: labels off, and uncordoned if Slipway cordoned it.';
    case 'repairing':
    case 'verifying':
      return 'No further rung is tried; once one was, the node stays isolated for a person.';
    default:
      return 'The return runs to its end.';
  }
}

async function cancel(
  invocation: Invocation,
  sources: Sources,
  { repairId, node }: Pick<RepairLog, 'repairId' | 'node'>,
  by: Author,
): Promise<Exit | Failure> {
  const { temporal, cluster } = sources;
  if (isFailure(temporal)) return temporal;
  if (isFailure(cluster)) return cluster;
  const { say } = await import('../../temporal/index.ts');
  const requestId = randomUUID();
  const arrival = { kind: 'cancelRequested', by, requestId } as const;
  const said = await inTime(temporal, () =>
    say(temporal, { cluster: cluster.id, node }, { repairId, arrival }),
  );
  if (said.kind === 'absent')
    return failure('repairOver', `No workflow of repair ${repairId} runs any more.`, { repairId });
  if (said.kind === 'failed') return failure('temporalFailed', sentence(said.why));
  const view = await confirmed(sources, repairId, node, requestId);
  return confirm(invocation, view, repairId, by);
}

/** The newest view of the repair once its journal holds the request or its end. */
async function confirmed(
  sources: Sources,
  repairId: string,
  node: string,
  requestId: string,
): Promise<RepairView | undefined> {
  if (isFailure(sources.hub)) return undefined;
  const until = Date.now() + confirmWithinMs;
  while (Date.now() < until) {
    const read = await fromHub(sources, (from) => readLogs(from, { repairId, node }));
    const log = isFailure(read) ? undefined : read.logs[0];
    if (log && (holds(log, requestId) || !isOpen(viewOf(log)))) return viewOf(log);
    await delay(lookEveryMs);
  }
  return undefined;
}

function holds({ entries }: RepairLog, requestId: string): boolean {
  return entries.some(({ events }) =>
    events.some((event) => event.kind === 'cancelRequested' && event.requestId === requestId),
  );
}

function confirm(
  invocation: Invocation,
  view: RepairView | undefined,
  repairId: string,
  by: Author,
): Exit {
  const confirmation = { repairId, confirmed: view !== undefined, repair: view };
  const shown = { kind: 'Cancellation', version: 1, by, ...confirmation };
  const end = view?.outcome === undefined ? '' : ` It ended as ${view.outcome}.`;
  const lines = view ? [`Repair ${repairId}: cancellation confirmed.${end}`] : [];
  answer(invocation, shown, ...lines);
  if (!view) {
    const what = `Repair ${repairId}: cancellation requested, not yet confirmed.`;
    return showFailure(invocation, failure('notConfirmed', what, { repairId }));
  }
  return exits.done;
}
