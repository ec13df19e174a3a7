/** The simulated BMC alone, without a cluster behind its machines. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { choosePorts } from '../../embedded/ports.ts';
import { httpClient } from '../../embedded/http.ts';
import type { BmcCall, SimulatedSystem, SimulatorConfig } from '../../schemas/local/hardware.ts';
import { parseBmcCall } from '../../schemas/local/hardware.ts';

export type TestBmc = {
  readonly url: string;
  readonly folder: string;
  readonly calls: () => BmcCall[];
  readonly stop: () => Promise<void>;
};

export const bmcCredentials = { username: 'slipway', password: 'simulated' };

export async function startBmc(systems: readonly SimulatedSystem[]): Promise<TestBmc> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bmc-'));
  const { bmc: port } = await choosePorts(['bmc'], {});
  const callLog = join(folder, 'calls.jsonl');
  const config: SimulatorConfig = {
    port,
    systemsFile: join(folder, 'systems.json'),
    callLog,
    ...bmcCredentials,
    kubernetes: { url: 'https://127.0.0.1:1', caFile: join(folder, 'none'), token: '' },
  };
  await writeFile(config.systemsFile, JSON.stringify(systems));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const child = spawn(process.execPath, ['bin/bmc.ts', join(folder, 'config.json')], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url);
  return {
    url,
    folder,
    calls: () =>
      existsSync(callLog) ? readFileSync(callLog, 'utf8').trim().split('\n').map(parseBmcCall) : [],
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilHealthy(url: string): Promise<void> {
  const client = httpClient(url);
  for (let tries = 0; tries < 500; tries += 1) {
    const answer = await client.ask('/control/health').catch(() => undefined);
    if (answer?.status === 200) return client.close();
    await delay(10);
  }
  throw new Error(`the BMC simulator at ${url} does not answer`);
}
