/** Finds the binary of every server, and builds those that are missing. */
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { recordOf } from '../recordOf.ts';
import { tryLock, type Lock } from '../lock.ts';
import { waitFor } from '../waitFor.ts';
import { buildSets, type Report } from './build.ts';
import { locate, type BinaryPlaces } from './locate.ts';
import { checkDisk, findGo } from './preflight.ts';
import { binaryNames, sets, type BinaryName, type SetSpec } from './servers.ts';

export type Binaries = Readonly<Record<BinaryName, string>>;

export type ToolchainOptions = {
  /** A folder with binaries under their plain names, used before anything else. */
  readonly binDir?: string | undefined;
  /** The PATH to search; the process's own by default. */
  readonly path?: string | undefined;
  /** Where built binaries are kept; `$XDG_CACHE_HOME/slipway` by default. */
  readonly cacheDir?: string | undefined;
  readonly report?: Report | undefined;
};

const lockWaitMs = 60 * 60_000;
const lockPollMs = 500;

/**
 * The path of every server's binary: given, on the PATH in the right version, in the cache, or built now.
 * Throws a StackFailure with one sentence when that is impossible.
 */
export async function ensureBinaries(options: ToolchainOptions = {}): Promise<Binaries> {
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const places: BinaryPlaces = {
    givenDir: options.binDir,
    path: options.path ?? process.env['PATH'] ?? '',
    cacheBinDir: join(cacheDir, 'bin'),
  };
  const ready = complete(await locateAll(places));
  if (ready) return ready;
  await mkdir(cacheDir, { recursive: true });
  const report = options.report ?? (() => {});
  const built = complete(await buildMissing(places, cacheDir, report));
  if (built) return built;
  throw new Error(`the build ended well and left no complete set of servers in ${cacheDir}`);
}

function defaultCacheDir(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway');
}

type FoundBinaries = Map<BinaryName, string>;

function complete(found: FoundBinaries): Binaries | undefined {
  return binaryNames.every((name) => found.has(name))
    ? recordOf(binaryNames, (name) => found.get(name) ?? '')
    : undefined;
}

async function buildMissing(
  places: BinaryPlaces,
  cacheDir: string,
  report: Report,
): Promise<FoundBinaries> {
  const lock = await lockForBuild(cacheDir, report);
  try {
    const missing = missingSets(await locateAll(places));
    if (missing.length > 0) {
      const go = await findGo(places.path);
      await checkDisk(cacheDir);
      report(announcement(missing));
      await buildSets(missing, { go, path: places.path, cacheDir, report });
    }
    return await locateAll(places);
  } finally {
    lock.release();
  }
}

async function lockForBuild(cacheDir: string, report: Report): Promise<Lock> {
  const file = join(cacheDir, 'build.lock');
  const lock = tryLock(file);
  if (lock) return lock;
  report('another process is building the local servers: waiting for it');
  const later = await waitFor(() => tryLock(file), {
    deadlineMs: lockWaitMs,
    everyMs: lockPollMs,
  });
  if (later) return later;
  throw new Error(`${file} was held for an hour by another build`);
}

function missingSets(found: FoundBinaries): SetSpec[] {
  return sets
    .map((set) => ({ ...set, binaries: set.binaries.filter((spec) => !found.has(spec.name)) }))
    .filter((set) => set.binaries.length > 0);
}

async function locateAll(places: BinaryPlaces): Promise<FoundBinaries> {
  const found: FoundBinaries = new Map();
  const specs = sets.flatMap((set) => set.binaries);
  await Promise.all(
    specs.map(async (spec) => {
      const file = await locate(spec, places);
      if (file !== undefined) found.set(spec.name, file);
    }),
  );
  return found;
}

function announcement(missing: readonly SetSpec[]): string {
  const seconds = missing.reduce((sum, set) => sum + set.typicalSeconds, 0);
  return `the local servers are built once, from source: about ${Math.ceil(seconds / 60)} min on two cores`;
}
