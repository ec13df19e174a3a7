/** How Temporal's web interface is configured and started. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporalNamespace } from '../../domain/vocabulary/temporal.ts';
import type { ChildSpec } from '../child.ts';
import { httpClient } from '../http.ts';
import { flags, loopback, type ServerContext } from './context.ts';

const stopWithinMs = 2_000;
const environmentName = 'slipway';

export async function writeTemporalUiConfig(context: ServerContext): Promise<void> {
  const folder = join(context.dataDir, 'config', 'temporal-ui');
  await mkdir(folder, { recursive: true });
  const text = JSON.stringify(uiConfig(context), undefined, 2);
  await writeFile(join(folder, `${environmentName}.yaml`), text);
}

function uiConfig({ ports }: ServerContext) {
  return {
    temporalGrpcAddress: `${loopback}:${ports.temporal}`,
    host: loopback,
    port: ports['temporal-ui'],
    enableUi: true,
    defaultNamespace: temporalNamespace,
    disableNewsFetch: true,
    // People act through the command line, where author and reason are recorded.
    disableWriteActions: true,
    cors: { allowOrigins: [`http://${loopback}:${ports['temporal-ui']}`] },
    hideLogs: true,
  };
}

export function temporalUi({ dataDir, binaries, ports }: ServerContext): ChildSpec<'temporal-ui'> {
  const client = httpClient(`http://${loopback}:${ports['temporal-ui']}`);
  return {
    name: 'temporal-ui',
    command: [
      binaries['temporal-ui'],
      ...flags({ root: join(dataDir, 'config'), config: 'temporal-ui', env: environmentName }),
      'start',
    ],
    logFile: join(dataDir, 'logs', 'temporal-ui.log'),
    isReady: async () => (await client.ask('/healthz')).status === 200,
    stopWithinMs,
  };
}
