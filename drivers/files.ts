/** Files that are read again only when they have changed. */
import { stat } from 'node:fs/promises';

/** What `read` makes of a path, kept for as long as the file under it stays the same; rejects as `read` does. */
export function kept<T>(read: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, { readonly version: string; readonly reading: Promise<T> }>();
  return async (path) => {
    const version = await versionOf(path);
    const last = known.get(path);
    if (last?.version === version) return last.reading;
    const reading = read(path);
    known.set(path, { version, reading });
    reading.catch(() => known.delete(path));
    return reading;
  };
}

/** Other for each file that was ever under this path, and after each change of it. */
async function versionOf(path: string): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}
