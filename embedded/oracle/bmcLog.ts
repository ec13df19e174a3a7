/** The call log of the simulated BMCs. */
import { readFile } from 'node:fs/promises';
import { parseBmcCall, type BmcCall } from '../../schemas/local/hardware.ts';

/** Every call the simulated BMCs got; none when none was made. */
export async function readBmcCalls(callLog: string): Promise<BmcCall[]> {
  const text = await readFile(callLog, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseBmcCall);
}

/** Resets that a BMC accepted, whether or not its answer arrived, for one node or for all. */
export function resets(calls: readonly BmcCall[], node?: string): BmcCall[] {
  return calls.filter(
    ({ system, resetType, answer }) =>
      resetType !== null &&
      (answer === null || answer < 300) &&
      (node === undefined || system === node),
  );
}
