/** Looks for a binary in the places where it may be. */
import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedName, type BinarySpec } from './servers.ts';

const run = promisify(execFile);
const versionDeadlineMs = 5_000;

export type BinaryPlaces = {
  /** A folder given by the user; what lies there is used as it is. */
  readonly givenDir?: string | undefined;
  /** The PATH to search. */
  readonly path: string;
  readonly cacheBinDir: string;
};

/** Where the binary is: in the given folder, else on the PATH in the right version, else in the cache. */
export async function locate(spec: BinarySpec, places: BinaryPlaces): Promise<string | undefined> {
  if (places.givenDir !== undefined) {
    const given = join(places.givenDir, spec.name);
    if (await isExecutable(given)) return given;
  }
  const onPath = await findOnPath(spec.onPath, places.path);
  if (onPath !== undefined && (await hasVersion(onPath, spec))) return onPath;
  const cached = join(places.cacheBinDir, cachedName(spec));
  return (await isExecutable(cached)) ? cached : undefined;
}

/** The first executable of this name on the PATH, or undefined. */
export async function findOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    if (folder !== '' && (await isExecutable(file))) return file;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function hasVersion(file: string, spec: BinarySpec): Promise<boolean> {
  try {
    const { stdout } = await run(file, [...spec.versionArguments], { timeout: versionDeadlineMs });
    return wordsOf(stdout).some((word) => word.replace(/^v/, '') === spec.version);
  } catch {
    return false;
  }
}

function wordsOf(output: string): string[] {
  return output.split(/[^0-9A-Za-z.-]+/);
}
