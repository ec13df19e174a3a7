import { readFile, writeFile } from 'node:fs/promises';
import { parseSystems } from '../../schemas/hardware.ts';

export type HardwareFiles = {
  readonly systems: string;
  readonly inventory: string;
  readonly credentials: string;
};

/** Writes the file the engine reads (`schemas/bmcInventory.ts`): node, then where its BMC is and how to log in. */
export const writeInventory = async (files: HardwareFiles, url: string): Promise<void> => {
  const systems = parseSystems(await readFile(files.systems, 'utf8').catch(() => '[]'));
  const nodes: Record<string, unknown> = {};
  for (const { id, node } of systems) {
    nodes[node] = { address: url, systemId: id, credentialsFile: files.credentials };
  }
  await writeFile(files.inventory, `${JSON.stringify({ nodes }, undefined, 2)}\n`);
};
