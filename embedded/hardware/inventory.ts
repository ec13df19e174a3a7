/** Writes the BMC inventory of the simulated machines. */
import { existsSync, readFileSync } from 'node:fs';
import { parseSystems } from '../../schemas/local/hardware.ts';
import { replaceFile } from './replaceFile.ts';

export type HardwareFiles = {
  readonly systems: string;
  readonly inventory: string;
  readonly credentials: string;
};

/**
 * Writes the file the engine reads (`schemas/config/bmcInventory.ts`): node, then where its BMC is and how to log in. It reads
 * and writes without a pause in between, so that of two calls the later one never leaves a machine out.
 */
export function writeInventory(files: HardwareFiles, url: string): void {
  const text = existsSync(files.systems) ? readFileSync(files.systems, 'utf8') : '[]';
  const nodes: Record<string, unknown> = {};
  for (const { id, node } of parseSystems(text)) {
    nodes[node] = { address: url, systemId: id, credentialsFile: files.credentials };
  }
  replaceFile(files.inventory, `${JSON.stringify({ nodes }, undefined, 2)}\n`);
}
