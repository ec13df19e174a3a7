/** How the NATS server is started. */
import { join } from 'node:path';
import type { ChildSpec } from '../child.ts';
import { httpClient } from '../http.ts';
import { flags, loopback, type ServerContext } from './context.ts';

const stopWithinMs = 5_000;

/** The hub: one nats-server with JetStream on a file store. */
export function nats({ dataDir, binaries, ports, fsync }: ServerContext): ChildSpec<'nats'> {
  const monitor = httpClient(`http://${loopback}:${ports['nats-monitor']}`);
  return {
    name: 'nats',
    command: [
      binaries['nats-server'],
      '--jetstream',
      ...flags({
        store_dir: join(dataDir, 'nats'),
        addr: loopback,
        port: ports.nats,
        http_port: ports['nats-monitor'],
        config: fsync ? join(dataDir, 'config', 'nats.conf') : undefined,
      }),
    ],
    logFile: join(dataDir, 'logs', 'nats.log'),
    isReady: async () => (await monitor.ask('/healthz')).status === 200,
    stopWithinMs,
  };
}
