/** The files that an engine is configured by. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../std/errorText.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import { parseRepairPolicies } from '../schemas/config/repairPolicy.ts';
import type { TextFile } from '../schemas/yamlFile.ts';

/** Its message is for a person, a line for each mistake. */
export class ConfigMistake extends Error {
  override readonly name = 'ConfigMistake';
}

/** A folder stands for its `*.yaml` files; one without any is a mistake. */
export async function loadPolicies(paths: readonly string[]): Promise<readonly RepairPolicy[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const parsed = parseRepairPolicies(await Promise.all(files.map(textFile)));
  if (!parsed.ok) throw new ConfigMistake(parsed.why);
  return parsed.value;
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /\.ya?ml$/.test(name));
  if (names.length === 0) throw new ConfigMistake(`The folder ${path} holds no *.yaml file.`);
  return names.toSorted().map((name) => join(path, name));
}

export async function textFile(path: string): Promise<TextFile> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    const detail = errorText(error);
    throw new ConfigMistake(
      `${path} cannot be read: ${detail}. Check the path and its permissions.`,
    );
  }
}
