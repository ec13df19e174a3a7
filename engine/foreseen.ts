/** Preflights that were begun when their repairs were opened, kept until the repair asks, or for a moment. */
import type { ForeseenPort } from '../activities/ports.ts';
import type { Preflighted } from '../activities/step.ts';

/** No longer than what a repair rests on may be old by the time it is permitted. */
const keptForMs = 2_000;

export function createForeseen(): ForeseenPort {
  const begun = new Map<string, Promise<Preflighted>>();
  return {
    put: (repairId, found) => {
      begun.set(repairId, found);
      setTimeout(() => begun.delete(repairId), keptForMs).unref();
    },
    take: (repairId) => {
      const found = begun.get(repairId);
      begun.delete(repairId);
      return found;
    },
  };
}
