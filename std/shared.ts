/** One read for all who want it at the same moment. */
import { pause } from './pause.ts';

/** A read that has hung for so long holds up no later one. */
const patienceMs = 500;

/**
 * Shares `read` among those who ask before it begins, and never with those who ask later: each answer is as fresh as a
 * read of one's own. While one read is under way, all who ask wait for the next one.
 */
export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let free: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const reading = read();
    free = endOf(reading);
    return reading;
  };
  return () => (next ??= free.then(begin));
}

/** Resolves with the end of the read, however it ends, or after a while. */
async function endOf(reading: Promise<unknown>): Promise<void> {
  const ended = new AbortController();
  const patience = pause(patienceMs, ended.signal);
  await Promise.race([reading.catch(() => undefined), patience]);
  ended.abort();
}
