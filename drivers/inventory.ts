/** The BMC inventory: read anew each time, parsed when its text is another one. */
import { readFile } from 'node:fs/promises';
import { parseBmcInventory, type BmcInventory } from '../schemas/config/bmcInventory.ts';
import type { Parsed } from '../schemas/parsed.ts';
import type { TextFile } from '../schemas/yamlFile.ts';
import { errorText } from '../std/errorText.ts';
import { askChild, besideModule } from '../std/inChild.ts';

export type ReadInventory = () => Promise<Parsed<BmcInventory>>;

/** A changed file needs no restart. Whoever asks while it is parsed waits for the same result. Never throws. */
export function inventoryReader(path: string): ReadInventory {
  let known: { readonly text: string; readonly parsed: Promise<Parsed<BmcInventory>> } | undefined;
  return async () => {
    try {
      const text = await readFile(path, 'utf8');
      if (known?.text !== text) known = { text, parsed: parse({ path, text }) };
      return await known.parsed;
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
