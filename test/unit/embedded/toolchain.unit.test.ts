/** Finding and building binaries, with a Go that is a shell script. The real builds: `npm run demo` in a new place. */
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock } from '../../../embedded/lock.ts';
import { ensureBinaries } from '../../../embedded/toolchain/index.ts';
import { checkDisk } from '../../../embedded/toolchain/preflight.ts';
import { binaryNames } from '../../../embedded/toolchain/servers.ts';
import { waitFor } from '../../../embedded/waitFor.ts';
import { makeTestDir } from '../../support/stack.ts';

let folder = '';
let path = '';
let cacheDir = '';

beforeEach(async () => {
  folder = await makeTestDir();
  path = join(folder, 'path');
  cacheDir = join(folder, 'cache');
  await mkdir(path);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function script(file: string, body: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
}

/** Answers the version, and on `build` makes a file for each package it is given. */
const workingGo = `
case "$1" in
env) echo go1.26.8 ;;
build)
  while [ "$1" != -o ]; do shift; done
  out=$2; shift 2
  for package in "$@"; do
    name=$(basename "$package"); case $name in v[0-9]) name=$(basename "$(dirname "$package")") ;; esac
    printf '#!/bin/sh\\necho built %s\\n' "$package" > "$out/$name"; chmod +x "$out/$name"
    echo "$package" >&2
  done ;;
esac`;

test('a missing Go is said in one sentence', async () => {
  await expect(ensureBinaries({ path, cacheDir })).rejects.toThrow(
    /^Go 1\.26 or newer is needed once to build the local servers, and there is no "go" on the PATH: install Go from [^.]+\.dev\/dl, or give a folder with ready binaries by --bin-dir\.$/,
  );
});

test('an old Go is said in one sentence with its path and version', async () => {
  await script(join(path, 'go'), 'echo go1.25.9');
  await expect(ensureBinaries({ path, cacheDir })).rejects.toThrow(
    new RegExp(`^Go 1\\.26 or newer is needed .* and ${path}/go is go1\\.25\\.9: install Go`),
  );
});

test('a disk without room is said in one sentence', async () => {
  await expect(checkDisk(folder, 1e9)).rejects.toThrow(
    /^Building the local servers needs 1000000000 GB of disk for a while and \S+ has [\d.]+ GB free: free some space, or set XDG_CACHE_HOME to a folder on a larger disk\.$/,
  );
});

test('a build that fails says what Go said last', async () => {
  await script(
    join(path, 'go'),
    'if [ "$1" = env ]; then echo go1.26.8; else echo "go: dial tcp: no route to host" >&2; exit 1; fi',
  );
  await expect(ensureBinaries({ path: `${path}:/bin:/usr/bin`, cacheDir })).rejects.toThrow(
    'Building the nats servers failed; Go said: go: dial tcp: no route to host',
  );
});

test('what is missing is built once, with progress, and Go’s build cache is removed', async () => {
  await script(join(path, 'go'), workingGo);
  const lines: string[] = [];
  const options = {
    path: `${path}:/bin:/usr/bin`,
    cacheDir,
    report: (line: string) => lines.push(line),
  };
  const binaries = await ensureBinaries(options);
  expect(Object.keys(binaries)).toEqual([...binaryNames]);
  expect(await readFile(binaries.etcd, 'utf8')).toContain('go.etcd.io/etcd/server/v3');
  expect(lines[0]).toMatch(/^the local servers are built once, from source: about \d+ min/);
  expect(lines[1]).toMatch(/^building 1 of 4: nats-server \(about 1 min/);
  expect(lines.at(-1)).toMatch(/^building 4 of 4: temporal-server: done in \d+ s$/);
  expect(await readdir(join(cacheDir, 'bin'))).toContain('kube-apiserver-1.36.3');
  await script(join(path, 'go'), 'exit 1');
  expect(await ensureBinaries(options)).toEqual(binaries);
});

test('a second process waits for the first to build, and says so', async () => {
  await script(join(path, 'go'), workingGo);
  await mkdir(cacheDir);
  const lock = tryLock(join(cacheDir, 'build.lock'));
  const lines: string[] = [];
  const options = {
    path: `${path}:/bin:/usr/bin`,
    cacheDir,
    report: (line: string) => lines.push(line),
  };
  const building = ensureBinaries(options);
  await waitFor(() => lines[0], { deadlineMs: 5_000 });
  expect(lines).toEqual(['another process is building the local servers: waiting for it']);
  lock?.release();
  await building;
  expect(lines.length).toBeGreaterThan(1);
});

test('a given folder comes before the PATH, and the PATH in the right version before a build', async () => {
  await script(join(path, 'go'), workingGo);
  const binDir = join(folder, 'given');
  await mkdir(binDir);
  await script(join(binDir, 'kwok'), 'echo anything');
  await script(join(path, 'kwok'), 'echo kwok version v0.8.0');
  await script(join(path, 'etcd'), 'echo etcd Version: 3.6.10');
  await script(join(path, 'nats-server'), 'echo nats-server: v2.10.1');
  const binaries = await ensureBinaries({ path: `${path}:/bin:/usr/bin`, cacheDir, binDir });
  expect(binaries.kwok).toBe(join(binDir, 'kwok'));
  expect(binaries.etcd).toBe(join(path, 'etcd'));
  expect(binaries['nats-server']).toBe(join(cacheDir, 'bin', 'nats-server-2.15.2'));
});
