/** Names that only servers know. */
import { listNodes } from '../../kube/index.ts';
import { isFailure } from '../failure.ts';
import type { Invocation } from '../io.ts';
import { isOpen, readLogs, viewOf, type RepairView } from '../../views/journal.ts';
import { findPlaces } from '../places.ts';
import { fromHub } from '../reads.ts';
import { openSources, type Sources } from '../sources.ts';
import type { Source } from './candidates.ts';

export async function namesFrom(
  source: Source,
  command: string,
  invocation: Invocation,
): Promise<readonly string[]> {
  const places = await findPlaces(invocation);
  if (isFailure(places)) return [];
  const sources = await openSources(places, source === 'repairs' ? { hub: true } : {});
  try {
    return await (source === 'nodes' ? nodeNames(sources) : repairIds(sources, command));
  } finally {
    await sources.close();
  }
}

async function nodeNames({ kube }: Sources): Promise<readonly string[]> {
  if (isFailure(kube)) return [];
  const listed = await listNodes(kube);
  return listed.ok ? listed.value.map(({ name }) => name) : [];
}

async function repairIds(sources: Sources, command: string): Promise<readonly string[]> {
  const read = await fromHub(sources, (from) => readLogs(from, {}));
  if (isFailure(read)) return [];
  const fits = fitting[command] ?? (() => true);
  return read.logs
    .map(viewOf)
    .filter(fits)
    .map(({ repairId }) => repairId);
}

/** Only an open repair can be cancelled, and only one that ended be taken up again. */
const fitting: Readonly<Record<string, (view: RepairView) => boolean>> = {
  'repairs cancel': isOpen,
  'repairs continue': (view) => !isOpen(view),
  'repairs rerun': (view) => !isOpen(view),
};
