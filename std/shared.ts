/** One read for all who want it at the same moment. */

/**
 * Shares `read` among those who ask before it begins, and never with those who ask later: each answer is as fresh as a
 * read of one's own. While one read is under way, all who ask wait for the next one.
 */
export function shared<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    next = undefined;
    const reading = read();
    last = reading;
    return reading;
  };
  return () => (next ??= last.then(begin, begin));
}
