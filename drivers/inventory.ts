/** The BMC inventory: read and parsed again when its file has changed. */
import { readFile } from 'node:fs/promises';
import { parseBmcInventory, type BmcInventory } from '../schemas/config/bmcInventory.ts';
import type { Parsed } from '../schemas/parsed.ts';
import type { TextFile } from '../schemas/yamlFile.ts';
import { errorText } from '../std/errorText.ts';
import { kept } from './files.ts';
import { askChild, besideModule } from '../std/inChild.ts';

export type ReadInventory = () => Promise<Parsed<BmcInventory>>;

/** A changed file needs no restart. Whoever asks while it is parsed waits for the same result. Never throws. */
export function inventoryReader(path: string): ReadInventory {
  const inventory = kept(async () => parse({ path, text: await readFile(path, 'utf8') }));
  return async () => {
    try {
      return await inventory(path);
    } catch (error) {
      return { ok: false, why: errorText(error) };
    }
  };
}

/** About a hundred entries, parsed in some ten milliseconds; ten thousand take two seconds and 200 MB. */
const parsedHere = 20_000;

/** Much text would block the event loop: heartbeats would be missed, and resets count as unknown. */
async function parse(file: TextFile): Promise<Parsed<BmcInventory>> {
  if (file.text.length <= parsedHere) return parseBmcInventory(file);
  const parser = besideModule('inventoryParser', import.meta.url);
  return askChild<Parsed<BmcInventory>>(parser, [file.path, file.text]).catch(() =>
    parseBmcInventory(file),
  );
}
