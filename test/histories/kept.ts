/** The histories that are kept in the repository: a folder per release, in it one file per path. */
import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = join(folder, '../..');

type Kept = { readonly workflowId: string; readonly history: Parameters<typeof historyToJSON>[0] };
export type Read = {
  readonly release: string;
  readonly name: string;
  readonly workflowId: string;
  readonly history: unknown;
};

/** On which machine the worker ran is nobody's business, so its identity and the queue named after it are left out. */
export async function keepHistory(name: string, { workflowId, history }: Kept): Promise<void> {
  const plain = JSON.parse(historyToJSON(history)) as unknown;
  const text = JSON.stringify({ workflowId, history: plain });
  const anonymous = text.replaceAll(/"\d+@[^"]+"/g, '"engine"');
  const present = join(folder, await unreleased());
  await mkdir(present, { recursive: true });
  await writeFile(join(present, `${name}.json`), `${anonymous}\n`);
}

export async function readHistories(): Promise<readonly Read[]> {
  return Promise.all(
    globSync('*/*.json', { cwd: folder }).map(async (file) => {
      const kept = JSON.parse(await readFile(join(folder, file), 'utf8')) as Omit<
        Read,
        'release' | 'name'
      >;
      return { release: dirname(file), name: basename(file, '.json'), ...kept };
    }),
  );
}

/** The version that is being worked on, which alone may be recorded. */
export async function unreleased(): Promise<string> {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  return unreleasedOf(version, await releases());
}

export async function releases(): Promise<readonly string[]> {
  return releasesIn(await readFile(join(root, 'CHANGELOG.md'), 'utf8'));
}

/** A release's histories are what may still be running somewhere: they are never recorded again. */
export function unreleasedOf(version: string, released: readonly string[]): string {
  if (released.includes(version))
    throw new Error(`${version} is released: raise the version in package.json before recording`);
  return version;
}

/** The versions that have a heading of their own in the changelog. */
export function releasesIn(changelog: string): readonly string[] {
  return [...changelog.matchAll(/^## \[?(\d[^\s\]]*)/gm)].map(([, version = '']) => version);
}
