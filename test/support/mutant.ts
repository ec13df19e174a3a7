/** The decisions of `domain/` with one guard removed: a copy in a folder of its own, loaded beside the original. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Dispatch from '../../domain/dispatch/decide.ts';
import type * as DispatchState from '../../domain/dispatch/evolve.ts';
import type * as Marks from '../../domain/marks.ts';
import type * as Repair from '../../domain/repair/decide.ts';
import type * as RepairState from '../../domain/repair/evolve.ts';
import type * as FreshLook from '../../domain/repair/freshLook.ts';

export type Guard = {
  /** Where the guard stands, and the words that make it. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
};

export type Decisions = {
  readonly repair: typeof Repair;
  readonly repairState: typeof RepairState;
  readonly freshLook: typeof FreshLook;
  readonly dispatch: typeof Dispatch;
  readonly dispatchState: typeof DispatchState;
  readonly marks: typeof Marks;
};

const root = fileURLToPath(new URL('../../', import.meta.url));

export function original(): Promise<Decisions> {
  return load(root);
}

/** Fails when the guard does not stand where it is said to stand. */
export async function without({ file, from, to }: Guard): Promise<Decisions> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-mutant-'));
  try {
    await cp(join(root, 'domain'), join(folder, 'domain'), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const text = await readFile(join(folder, file), 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} holds this not once: ${from}`);
    await writeFile(join(folder, file), text.replace(from, to));
    return await load(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(folder: string): Promise<Decisions> {
  const part = async (file: string): Promise<unknown> =>
    import(/* @vite-ignore */ pathToFileURL(join(folder, 'domain', file)).href);
  const [repair, repairState, freshLook, dispatch, dispatchState, marks] = await Promise.all([
    part('repair/decide.ts'),
    part('repair/evolve.ts'),
    part('repair/freshLook.ts'),
    part('dispatch/decide.ts'),
    part('dispatch/evolve.ts'),
    part('marks.ts'),
  ]);
  return { repair, repairState, freshLook, dispatch, dispatchState, marks } as Decisions;
}
