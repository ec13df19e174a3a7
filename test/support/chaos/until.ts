/** Waiting for a condition. */
import { waitFor } from '../../../embedded/waitFor.ts';

/** Waits for a condition; the error of a wait in vain says for what. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  deadlineMs = 30_000,
): Promise<void> {
  const met = await waitFor(async () => (await isSo()) || undefined, { deadlineMs, everyMs: 20 });
  if (!met) throw new Error(`waited ${deadlineMs} ms in vain until ${what}`);
}
