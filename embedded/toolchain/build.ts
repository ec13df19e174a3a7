/** Builds the servers from their Go modules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StackFailure } from '../failure.ts';
import { cachedName, type SetSpec } from './servers.ts';

export type Report = (line: string) => void;

export type BuildPlace = {
  readonly go: string;
  readonly path: string;
  readonly cacheDir: string;
  readonly report: Report;
};

const reportEveryMs = 15_000;
const keptErrorLines = 5;
const nearlyNothingBytes = 100e6;

/** Builds the sets one after another and then removes what only the builds needed. */
export async function buildSets(missing: readonly SetSpec[], place: BuildPlace): Promise<void> {
  await mkdir(join(place.cacheDir, 'bin'), { recursive: true });
  for (const [index, set] of missing.entries()) {
    await buildSet(set, place, `${index + 1} of ${missing.length}:`);
  }
  await rm(join(place.cacheDir, 'tmp'), { recursive: true, force: true });
  await rm(goFolders(place.cacheDir).GOCACHE, { recursive: true, force: true });
}

/** Builds one set into the cache; a binary appears there whole or not at all. */
async function buildSet(set: SetSpec, place: BuildPlace, position: string): Promise<void> {
  const outDir = join(place.cacheDir, 'tmp', set.name);
  await mkdir(outDir, { recursive: true });
  const names = set.binaries.map((binary) => binary.name).join(', ');
  const label = `building ${position} ${names}`;
  place.report(`${label} (about ${Math.ceil(set.typicalSeconds / 60)} min on two cores)`);
  await runGo(set, outDir, place, label);
  for (const binary of set.binaries) {
    await rename(join(outDir, binary.builtAs), join(place.cacheDir, 'bin', cachedName(binary)));
  }
}

/** Runs `go build` for one set; `label` begins each line of progress. */
async function runGo(
  set: SetSpec,
  outDir: string,
  place: BuildPlace,
  label: string,
): Promise<void> {
  const started = performance.now();
  let compiled = 0;
  const lastLines: string[] = [];
  const child = spawn(place.go, buildArguments(set, outDir), {
    cwd: fileURLToPath(new URL(`./${set.name}`, import.meta.url)),
    env: environment(place),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const timer = setInterval(
    () => place.report(`${label}: ${compiled} packages compiled, ${elapsed(started)}`),
    reportEveryMs,
  );
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!isMessage(line)) compiled += 1;
    else lastLines.splice(0, Math.max(0, lastLines.push(line) - keptErrorLines));
  });
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const code = await once(child, 'close').then(
    ([exitCode]: unknown[]) => exitCode,
    () => -1,
  );
  clearInterval(timer);
  process.off('exit', endWithParent);
  if (code !== 0) throw new StackFailure(await explain(set, place, lastLines));
  place.report(`${label}: done in ${elapsed(started)}`);
}

function buildArguments(set: SetSpec, outDir: string): string[] {
  return [
    'build',
    '-v',
    '-trimpath',
    '-ldflags',
    `-s -w ${set.linkerFlags}`,
    '-gcflags=all=-dwarf=false',
    '-o',
    `${outDir}/`,
    ...set.binaries.map((binary) => binary.package),
  ];
}

function environment(place: BuildPlace): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...goFolders(place.cacheDir),
    PATH: place.path,
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOWORK: 'off',
    GOOS: '',
    GOARCH: '',
    CGO_ENABLED: '0',
    GOGC: '400',
  };
}

function elapsed(sinceMs: number): string {
  const seconds = Math.round((performance.now() - sinceMs) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A line with a space is a message of Go; one without names a package being compiled. */
function isMessage(line: string): boolean {
  return line.includes(' ') || line.includes(':');
}

async function explain(set: SetSpec, place: BuildPlace, lastLines: string[]): Promise<string> {
  const { bavail, bsize } = await statfs(place.cacheDir);
  if (bavail * bsize < nearlyNothingBytes) {
    return `The disk of ${place.cacheDir} is full, so the ${set.name} servers could not be built: free some space and run this again.`;
  }
  return `Building the ${set.name} servers failed; Go said: ${lastLines.join(' | ')}`;
}

/** Go's own caches live inside ours, so that the builds leave nothing elsewhere. */
function goFolders(cacheDir: string) {
  return {
    GOPATH: join(cacheDir, 'go'),
    GOMODCACHE: join(cacheDir, 'go', 'pkg', 'mod'),
    GOCACHE: join(cacheDir, 'go', 'build'),
  };
}
