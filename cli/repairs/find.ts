/** The repair that a person named. */
import { readLogs, type RepairLog } from '../../views/journal.ts';
import { failure, isFailure, type Failure } from '../failure.ts';
import { fromHub } from '../reads.ts';
import type { Sources } from '../sources.ts';

/** The journal of one repair; it is the truth, so Temporal is not asked. */
export async function findLog(sources: Sources, repairId: string): Promise<RepairLog | Failure> {
  const read = await fromHub(sources, (from) => readLogs(from, { repairId }));
  if (isFailure(read)) return read;
  const [log] = read.logs;
  return log ?? failure('repairNotFound', `There is no repair ${repairId} in the journal.`);
}
