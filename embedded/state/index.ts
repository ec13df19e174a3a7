/** The state file of a stack, by which other commands find its servers. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseStackState, type StackState } from '../../schemas/local/stackState.ts';

export const defaultDataDir = '.slipway';

export type StateAnswer =
  | { readonly kind: 'found'; readonly state: StackState }
  /** No stack was ever started in this folder. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly sentence: string };

/** Where the servers of the stack in `dataDir` listen, or listened when it last ran. */
export async function readState(dataDir: string): Promise<StateAnswer> {
  const file = stateFile(dataDir);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { kind: 'absent' };
  const parsed = parseStackState(text);
  if ('state' in parsed) return { kind: 'found', state: parsed.state };
  const sentence = `${file} is not a state file of this version (${parsed.problem}): stop the stack that wrote it, or remove the folder.`;
  return { kind: 'unreadable', sentence };
}

/** Replaces the state file; a reader sees the old or the new one, never a part. */
export async function writeState(dataDir: string, state: StackState): Promise<void> {
  const file = stateFile(dataDir);
  await writeFile(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function stateFile(dataDir: string): string {
  return join(resolve(dataDir), 'state.json');
}
