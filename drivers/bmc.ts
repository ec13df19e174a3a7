/** The BMC of one node: its inventory entry, password and certificate, as their files stand at each call. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorText } from '../std/errorText.ts';
import {
  entryOf,
  parseBmcCredentials,
  type BmcCredentials,
  type BmcEntry,
  type BmcInventory,
} from '../schemas/config/bmcInventory.ts';
import type { Parsed } from '../schemas/parsed.ts';
import { kept } from './files.ts';
import { inventoryReader } from './inventory.ts';

/** Ready to be called. */
export type Bmc = {
  readonly entry: BmcEntry;
  readonly credentials: BmcCredentials;
  readonly ca?: string;
};

export type BmcFiles = {
  readonly inventoryFile: string;
  /** Hears of credentials files that others may read. */
  readonly onWarning: (warning: string) => void;
};

export type FoundBmc =
  | { readonly ok: true; readonly value: Bmc }
  | { readonly ok: false; readonly why: string; readonly code?: 'wrong-machine' };

export type FindBmc = (node: string) => Promise<FoundBmc>;

export function bmcFinder({ inventoryFile, onWarning }: BmcFiles): FindBmc {
  const inventory = inventoryReader(inventoryFile);
  const files: Files = {
    inventoryFile,
    credentials: kept((path) => readCredentials(path, onWarning)),
    certificate: kept((path) => readFile(path, 'utf8')),
  };
  // Read once before anybody asks: a repair that waits for a permit gives it less than a second.
  void inventory();
  return async (node) => {
    const parsed = await inventory();
    try {
      return parsed.ok ? await find(files, parsed.value, node) : parsed;
    } catch (error) {
      return { ok: false, why: errorText(error) };
    }
  };
}

type Files = {
  readonly inventoryFile: string;
  readonly credentials: (path: string) => Promise<Parsed<BmcCredentials>>;
  readonly certificate: (path: string) => Promise<string>;
};

async function find(files: Files, inventory: BmcInventory, node: string): Promise<FoundBmc> {
  const entry = entryOf(inventory, node);
  if (entry.ok) return open(files, entry.value);
  const why = `${files.inventoryFile}: ${entry.why}`;
  return entry.problem === 'shared'
    ? { ok: false, why, code: 'wrong-machine' }
    : { ok: false, why };
}

/** Throws for files that cannot be read. */
async function open(files: Files, entry: BmcEntry): Promise<Parsed<Bmc>> {
  const folder = dirname(files.inventoryFile);
  const credentials = await files.credentials(resolve(folder, entry.credentialsFile));
  if (!credentials.ok) return credentials;
  const bmc = { entry, credentials: credentials.value };
  if (entry.caFile === undefined) return { ok: true, value: bmc };
  return {
    ok: true,
    value: { ...bmc, ca: await files.certificate(resolve(folder, entry.caFile)) },
  };
}

async function readCredentials(
  path: string,
  onWarning: BmcFiles['onWarning'],
): Promise<Parsed<BmcCredentials>> {
  const credentials = parseBmcCredentials({ path, text: await readFile(path, 'utf8') });
  if (credentials.ok && ((await stat(path)).mode & 0o077) !== 0)
    onWarning(`${path} can be read by others; run \`chmod 600 ${path}\``);
  return credentials;
}
