/** A lock between processes, kept in a file. */
import { DatabaseSync } from 'node:sqlite';

export type Lock = {
  /** Frees the lock; a second call does nothing. */
  release(): void;
};

/**
 * Takes the lock kept in the file at `path`, or returns undefined when another process holds it.
 * The operating system frees it when its holder dies, however it dies, so no lock is ever stale.
 */
export function tryLock(path: string): Lock | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    return undefined;
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}
