/** `slipway engine`: the engine against given servers, until it is asked to stop. */
import type { RepairPolicy } from '../../domain/repair/policy.ts';
import { EngineFailure, runEngine } from '../../engine/index.ts';
import { readEngineConfig } from '../../schemas/config/engineConfig.ts';
import type { EngineConfig } from '../../schemas/config/engineConfig.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { ConfigMistake, loadPolicies, textFile } from '../policyFiles.ts';
import { logWholeProcess } from './processLog.ts';

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
    return await runLogged(config, policies, hooks.stop);
  } catch (error) {
    if (!(error instanceof ConfigMistake)) throw error;
    hooks.say(error.message);
    return 2;
  }
}

/** From here on there is a log, and nothing is said anywhere else. */
async function runLogged(
  config: EngineConfig,
  policies: readonly RepairPolicy[],
  stop: AbortSignal,
): Promise<number> {
  const log = createLogger({ level: config.logLevel, name: 'engine' });
  logWholeProcess(log);
  try {
    await runEngine({ ...optionsOf(config), policies, log }, stop);
    return 0;
  } catch (error) {
    if (error instanceof EngineFailure) log.error(`The engine cannot run: ${error.message}`);
    else log.error('the engine ends on what nobody foresaw', { error });
    return 1;
  }
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

function optionsOf(
  config: EngineConfig,
): Omit<Parameters<typeof runEngine>[0], 'policies' | 'log'> {
  const { kubernetes } = config;
  const { observerKubeconfig: observer, actorKubeconfig: actor } = kubernetes;
  return { ...config, kubeconfigs: { observer, actor } };
}
