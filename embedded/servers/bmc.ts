/** How the simulator of BMCs is started. */
import { writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SimulatorConfig } from '../../schemas/local/hardware.ts';
import type { ChildSpec } from '../child.ts';
import type { Tokens } from '../cluster/credentials.ts';
import { writeInventory } from '../hardware/inventory.ts';
import { httpClient } from '../http.ts';
import { loopback, type ServerContext } from './context.ts';
import { caFile } from './kubernetes.ts';

const stopWithinMs = 2_000;

/** The same ending as this file's, so that the packed JavaScript starts JavaScript. */
const entry = fileURLToPath(new URL(`../../bin/bmc${extname(import.meta.url)}`, import.meta.url));

const credentials = { username: 'slipway', password: 'simulated' };

export async function writeBmcConfig(context: ServerContext, tokens: Tokens): Promise<void> {
  const { dataDir, ports } = context;
  const files = bmcFiles(dataDir);
  const config: SimulatorConfig = {
    port: ports.bmc,
    systemsFile: files.systems,
    callLog: files.callLog,
    ...credentials,
    kubernetes: {
      url: `https://${loopback}:${ports['kube-apiserver']}`,
      caFile: caFile(dataDir),
      token: tokens.machine,
    },
  };
  await writeFile(configFile(dataDir), JSON.stringify(config), { mode: 0o600 });
  writeInventory(files, `http://${loopback}:${ports.bmc}`);
  await writeFile(files.credentials, JSON.stringify(credentials), { mode: 0o600 });
}

/** Where the simulator's systems, its call log, the password and the inventory are. */
type SimulatorFiles = Readonly<Record<'systems' | 'callLog' | 'credentials' | 'inventory', string>>;

export function bmcFiles(dataDir: string): SimulatorFiles {
  return {
    systems: join(dataDir, 'bmc', 'systems.json'),
    callLog: join(dataDir, 'bmc', 'calls.jsonl'),
    credentials: join(dataDir, 'bmc', 'credentials.yaml'),
    inventory: join(dataDir, 'bmc', 'inventory.yaml'),
  };
}

export function bmc({ dataDir, ports }: ServerContext): ChildSpec<'bmc'> {
  const client = httpClient(`http://${loopback}:${ports.bmc}`);
  return {
    name: 'bmc',
    command: [process.execPath, entry, configFile(dataDir)],
    logFile: join(dataDir, 'logs', 'bmc.log'),
    isReady: async () => (await client.ask('/control/health')).status === 200,
    stopWithinMs,
  };
}

function configFile(dataDir: string): string {
  return join(dataDir, 'config', 'bmc.json');
}
