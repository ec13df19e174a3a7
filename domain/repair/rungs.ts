/** Which rung of the ladder a repair tried last. */
import type { RepairState } from './types.ts';

/** Undefined before the first attempt. A rung that was given up counts too, while its next attempt is yet to come. */
export function lastRung({ attempts, attempt, rung, spent }: RepairState): number | undefined {
  if (attempts === 0) return undefined;
  return attempt || spent > 0 ? rung : rung - 1;
}
