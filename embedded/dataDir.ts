/** The data folder of a stack: one stack at a time, and nothing left of the one before. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StackState } from '../schemas/local/stackState.ts';
import { codeOf, StackFailure } from './failure.ts';
import { tryLock, type Lock } from './lock.ts';
import { commandLine } from './processes.ts';
import { readState } from './state/index.ts';
import { freeBytes } from './toolchain/preflight.ts';
import { waitFor } from './waitFor.ts';

const leftoversWithinMs = 6_000;
const endsWithinMs = 30_000;
const neededBytes = 500e6;
const folders = ['logs', 'config', 'pki', 'kubeconfigs', 'bmc'];

export type DataDir = {
  readonly path: string;
  readonly lock: Lock;
  /** What the stack that ran here before wrote, if any. */
  readonly previous: StackState | undefined;
};

/** A sentence when the disk is the likely cause of whatever just failed. */
export async function fullDiskSentence(path: string): Promise<string | undefined> {
  const free = await freeBytes(path).catch(() => neededBytes);
  return free < neededBytes / 10 ? diskFull(path, free).message : undefined;
}

/** Opens the folder for one stack: locks it, reads what ran here before, and clears what is left of it. */
export async function openDataDir(dataDir: string): Promise<DataDir> {
  const path = resolve(dataDir);
  await makeFolders(path);
  const lock = tryLock(lockFile(path));
  if (!lock) {
    throw new StackFailure(
      `A stack already runs in ${path}: use it, stop it with "slipway down --data-dir ${dataDir}", or choose another --data-dir.`,
    );
  }
  try {
    const free = await freeBytes(path);
    if (free < neededBytes) throw diskFull(path, free);
    const answer = await readState(path);
    if (answer.kind === 'unreadable') throw new StackFailure(answer.sentence);
    const previous = answer.kind === 'found' ? answer.state : undefined;
    if (previous) await endLeftovers(path, previous);
    return { path, lock, previous };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function makeFolders(path: string): Promise<void> {
  try {
    for (const folder of folders) await mkdir(join(path, folder), { recursive: true, mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') throw diskFull(path, 0);
    throw new StackFailure(
      `The data folder ${path} cannot be written (${codeOf(error) ?? String(error)}): choose another with --data-dir.`,
    );
  }
}

function diskFull(path: string, free: number): StackFailure {
  return new StackFailure(
    `The disk of ${path} is full (${Math.round(free / 1e6)} MB left, ${neededBytes / 1e6} MB needed): free some space, or choose another folder with --data-dir.`,
  );
}

/** Asks the process that holds the stack of `dataDir` to end it, and forces it when it takes too long. */
export async function endStack(dataDir: string): Promise<'ended' | 'was-not-running'> {
  const path = resolve(dataDir);
  const answer = await readState(path);
  if (answer.kind !== 'found') return 'was-not-running';
  const { state } = answer;
  const wasHeld = isHeld(path);
  if (wasHeld) await endHolder(path, state.pid);
  await endLeftovers(path, state);
  return wasHeld ? 'ended' : 'was-not-running';
}

async function endHolder(path: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const isFree = () => !isHeld(path) || undefined;
  if (!(await waitFor(isFree, { deadlineMs: endsWithinMs, everyMs: 50 }))) killQuietly(pid);
  // A process that has ended and was not yet collected by its parent has no command line.
  const isGone = async () => (await commandLine(pid)) === '' || undefined;
  await waitFor(isGone, { deadlineMs: leftoversWithinMs, everyMs: 20 });
}

/** Whether a process holds the stack of this folder. */
function isHeld(dataDir: string): boolean {
  let lock: Lock | undefined;
  try {
    lock = tryLock(lockFile(resolve(dataDir)));
  } catch {
    return false;
  }
  lock?.release();
  return lock === undefined;
}

function lockFile(path: string): string {
  return join(path, 'lock');
}

/** Servers of a stack that was killed end by themselves within seconds; this makes sure that they are gone. */
async function endLeftovers(path: string, previous: StackState): Promise<void> {
  const gone = async () => {
    const alive = await Promise.all(
      previous.children.map(async ({ pid }) => ((await isOurs(pid, path)) ? [pid] : [])),
    );
    alive.flat().forEach(killQuietly);
    return alive.flat().length === 0 || undefined;
  };
  if (await waitFor(gone, { deadlineMs: leftoversWithinMs, everyMs: 100 })) return;
  throw new StackFailure(
    `Servers of an earlier stack in ${path} do not end: end them by hand (process ids ${previous.children.map((child) => child.pid).join(', ')}).`,
  );
}

/** Process ids are used again, so only one whose command names this folder is a server of ours. */
async function isOurs(pid: number, path: string): Promise<boolean> {
  return (await commandLine(pid)).includes(path);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
