/** `slipway engine`: the engine against given servers, until it is asked to stop. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepairPolicy } from '../../domain/repair/policy.ts';
import { EngineFailure, runEngine } from '../../engine/index.ts';
import { readEngineConfig } from '../../schemas/config.ts';
import type { EngineConfig } from '../../schemas/config.ts';
import { parseRepairPolicies } from '../../schemas/repairPolicy.ts';
import type { TextFile } from '../../schemas/yamlFile.ts';
import { createLogger } from '../../telemetry/logger.ts';

export type EngineFlags = {
  readonly config?: string;
  readonly mode?: string;
  readonly logLevel?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Answers with the exit code: 0 after a stop, 1 when it failed, 2 when the configuration is wrong. */
export async function engine(
  flags: EngineFlags,
  hooks: { readonly say: (line: string) => void; readonly stop: AbortSignal },
): Promise<number> {
  try {
    const config = await loadConfig(flags);
    const policies = await loadPolicies(config.policies);
    const log = createLogger({ level: config.logLevel, name: 'engine' });
    await runEngine({ ...optionsOf(config), policies, log }, hooks.stop);
    return 0;
  } catch (error) {
    if (error instanceof EngineFailure) hooks.say(`The engine cannot run: ${error.message}`);
    else if (error instanceof ConfigMistake) hooks.say(error.message);
    else throw error;
    return error instanceof ConfigMistake ? 2 : 1;
  }
}

class ConfigMistake extends Error {
  override readonly name = 'ConfigMistake';
}

async function loadConfig({
  config,
  mode,
  logLevel,
  environment,
}: EngineFlags): Promise<EngineConfig> {
  const read = readEngineConfig({
    flags: { '--mode': mode, '--log-level': logLevel },
    environment,
    ...(config !== undefined && { file: await textFile(config) }),
  });
  if (!read.ok) throw new ConfigMistake(read.why);
  return read.value;
}

/** A folder stands for its `*.yaml` files. */
async function loadPolicies(paths: readonly string[]): Promise<readonly RepairPolicy[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  const parsed = parseRepairPolicies(await Promise.all(files.map(textFile)));
  if (!parsed.ok) throw new ConfigMistake(parsed.why);
  return parsed.value;
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.yaml'));
  return names.toSorted().map((name) => join(path, name));
}

async function textFile(path: string): Promise<TextFile> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new ConfigMistake(
      `${path} cannot be read: ${detail}. Check the path and its permissions.`,
    );
  }
}

function optionsOf(
  config: EngineConfig,
): Omit<Parameters<typeof runEngine>[0], 'policies' | 'log'> {
  const { kubernetes } = config;
  const { observerKubeconfig: observer, actorKubeconfig: actor } = kubernetes;
  return { ...config, kubeconfigs: { observer, actor } };
}
