/** The product's code in another folder, with changes, to run or to bundle beside the present one. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export type CodeChange = { readonly file: string; readonly from: string; readonly to: string };

export type ChangedCode = { readonly folder: string; readonly remove: () => Promise<void> };

const root = fileURLToPath(new URL('../..', import.meta.url));
const leftOut = ['node_modules', 'coverage', 'reports', 'dist'];

/** Copies the code and changes it; throws if there is nothing to change. Packages are shared with the original. */
export async function changedCode(changes: readonly CodeChange[]): Promise<ChangedCode> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-code-'));
  const filter = (path: string): boolean => {
    const [first = ''] = relative(root, path).split('/');
    return !leftOut.includes(first) && !first.startsWith('.');
  };
  await cp(root, folder, { recursive: true, filter });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, from, to } of changes) {
    const text = await readFile(join(folder, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} no longer holds ${from}`);
    await writeFile(join(folder, file), text.replace(from, to));
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
