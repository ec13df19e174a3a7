/** What a build needs: Go and room on the disk. */
import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StackFailure } from '../failure.ts';
import { findOnPath } from './locate.ts';

const run = promisify(execFile);
const neededGo = { major: 1, minor: 26 };
/** Measured: 2.9 GB of modules, 4.2 GB of build cache and 0.6 GB of binaries, and some room. */
const neededDiskGb = 8.5;
const bytesPerGb = 1e9;

const remedy =
  'install Go from https://go.dev/dl, or give a folder with ready binaries by --bin-dir';

/** The path of a Go that is new enough; a failure says which one was found, if any. */
export async function findGo(path: string): Promise<string> {
  const wanted = `Go ${neededGo.major}.${neededGo.minor} or newer`;
  const go = await findOnPath('go', path);
  if (go === undefined) {
    throw new StackFailure(
      `${wanted} is needed once to build the local servers, and there is no "go" on the PATH: ${remedy}.`,
    );
  }
  const { stdout } = await run(go, ['env', 'GOVERSION'], { env: { ...process.env, PATH: path } });
  const version = parse(stdout);
  if (version === undefined || isOld(version)) {
    throw new StackFailure(
      `${wanted} is needed once to build the local servers, and ${go} is ${stdout.trim()}: ${remedy}.`,
    );
  }
  return go;
}

function parse(version: string): { major: number; minor: number } | undefined {
  const found = /^go(\d+)\.(\d+)/.exec(version.trim());
  return found ? { major: Number(found[1]), minor: Number(found[2]) } : undefined;
}

function isOld(version: { major: number; minor: number }): boolean {
  return (
    version.major < neededGo.major ||
    (version.major === neededGo.major && version.minor < neededGo.minor)
  );
}

/** Fails unless the disk of the cache has room for a build. */
export async function checkDisk(cacheDir: string, neededGb = neededDiskGb): Promise<void> {
  const freeGb = (await freeBytes(cacheDir)) / bytesPerGb;
  if (freeGb >= neededGb) return;
  throw new StackFailure(
    `Building the local servers needs ${neededGb} GB of disk for a while and ${cacheDir} has ${freeGb.toFixed(1)} GB free: ` +
      'free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
  );
}

/** Free space, in bytes, for this user on the disk that holds `folder`. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
