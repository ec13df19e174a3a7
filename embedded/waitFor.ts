/** Waiting for an answer. */
import { setTimeout as delay } from 'node:timers/promises';

export type WaitOptions = { readonly deadlineMs: number; readonly everyMs?: number };

/**
 * Asks until the answer is no longer undefined, and returns it; returns undefined when `deadlineMs` have passed.
 * A question that throws counts as unanswered.
 */
export async function waitFor<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  { deadlineMs, everyMs = 25 }: WaitOptions,
): Promise<T | undefined> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    const answer = await Promise.resolve()
      .then(ask)
      .catch(() => undefined);
    if (answer !== undefined) return answer;
    await delay(everyMs);
  }
  return undefined;
}
