/** Returns permits whose repair is closed, by asking about the repair itself, never by a search (DESIGN 8). */
import type { Guard } from './ledger.ts';

export type Closed = 'closed' | 'open' | 'unknown';

/** One sweep. Only a repair known to be closed loses its permit. Answers the repairs swept. */
export async function sweep(
  guard: Guard,
  isClosed: (repairId: string, node: string) => Promise<Closed>,
): Promise<readonly string[]> {
  const ledger = await guard.read();
  if (!ledger.ok) return [];
  const swept: string[] = [];
  for (const { repairId, node } of ledger.value.permits) {
    if ((await isClosed(repairId, node)) !== 'closed') continue;
    const released = await guard.release(repairId);
    if (released.ok) swept.push(repairId);
  }
  return swept;
}
