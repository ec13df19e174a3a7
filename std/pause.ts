/** Waiting for a time. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after `delayMs`, or at once when the signal is raised; never rejects. */
export async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  await delay(delayMs, undefined, { signal }).catch(() => undefined);
}
