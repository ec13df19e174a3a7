/** How Temporal is configured and started, and its namespace registered. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { searchAttributes, temporalNamespace } from '../../domain/vocabulary/temporal.ts';
import type { ChildSpec } from '../child.ts';
import { StackFailure } from '../failure.ts';
import { httpClient, type HttpClient } from '../http.ts';
import { waitFor } from '../waitFor.ts';
import { flags, loopback, type PortName, type ServerPorts, type ServerContext } from './context.ts';

const stopWithinMs = 4_000;
const namespaceWithinMs = 20_000;
const retention = '2592000s';
const okStatuses = [200, 409];
const fullSync = 2;
const normalSync = 1;

/**
 * A new namespace is seen at once, a task meets its worker without a detour over other partitions, and a single server
 * need not wait for others before it stops.
 */
const dynamicConfig = {
  'matching.numTaskqueueReadPartitions': [{ value: 1 }],
  'matching.numTaskqueueWritePartitions': [{ value: 1 }],
  'system.namespaceCacheRefreshInterval': [{ value: '200ms' }],
  'system.forceSearchAttributesCacheRefreshOnRead': [{ value: true }],
  'frontend.shutdownDrainDuration': [{ value: '0s' }],
  'frontend.shutdownFailHealthCheckDuration': [{ value: '0s' }],
  'history.shutdownDrainDuration': [{ value: '0s' }],
  'matching.shutdownDrainDuration': [{ value: '0s' }],
};

/** Writes the server's configuration, in JSON, which every reader of YAML reads. */
export async function writeTemporalConfig(context: ServerContext): Promise<void> {
  const { dataDir } = context;
  await mkdir(join(dataDir, 'temporal'), { recursive: true });
  await writeFile(configFile(dataDir), JSON.stringify(serverConfig(context), undefined, 2));
  await writeFile(dynamicConfigFile(dataDir), JSON.stringify(dynamicConfig, undefined, 2));
}

function serverConfig({ dataDir, ports, fsync }: ServerContext) {
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: 1,
      datastores: {
        default: sqlite(join(dataDir, 'temporal', 'temporal.db'), fsync),
        visibility: sqlite(join(dataDir, 'temporal', 'visibility.db'), fsync),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: loopback } },
    services: services(ports),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${loopback}:${ports.temporal}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    publicClient: { hostPort: `${loopback}:${ports.temporal}` },
    dynamicConfigClient: { filepath: dynamicConfigFile(dataDir), pollInterval: '60s' },
  };
}

function sqlite(file: string, fsync: boolean) {
  return {
    sql: {
      pluginName: 'sqlite',
      databaseName: file,
      connectAddr: 'localhost',
      connectProtocol: 'tcp',
      connectAttributes: {
        setup: 'true',
        journal_mode: 'wal',
        synchronous: `${fsync ? fullSync : normalSync}`,
        busy_timeout: '10000',
      },
      maxConns: 1,
      maxIdleConns: 1,
    },
  };
}

function services(ports: ServerPorts) {
  return {
    frontend: service(ports, 'temporal', 'temporal-membership', ports['temporal-http']),
    history: service(ports, 'temporal-history', 'temporal-history-membership'),
    matching: service(ports, 'temporal-matching', 'temporal-matching-membership'),
    worker: service(ports, 'temporal-worker', 'temporal-worker-membership'),
  };
}

function service(ports: ServerPorts, grpc: PortName, membership: PortName, httpPort?: number) {
  return {
    rpc: {
      grpcPort: ports[grpc],
      membershipPort: ports[membership],
      bindOnIP: loopback,
      ...(httpPort === undefined ? {} : { httpPort }),
    },
  };
}

function dynamicConfigFile(dataDir: string): string {
  return join(dataDir, 'config', 'temporal-dynamic.yaml');
}

export function temporal(context: ServerContext): ChildSpec<'temporal'> {
  const { dataDir, binaries, ports } = context;
  const client = httpApi(ports);
  return {
    name: 'temporal',
    command: [
      binaries['temporal-server'],
      '--allow-no-auth',
      ...flags({ 'config-file': configFile(dataDir) }),
      'start',
    ],
    logFile: join(dataDir, 'logs', 'temporal.log'),
    isReady: async () => (await client.ask('/api/v1/system-info')).status === 200,
    stopWithinMs,
  };
}

function configFile(dataDir: string): string {
  return join(dataDir, 'config', 'temporal.yaml');
}

/** Columns of the SQL visibility store given to our attributes: Keyword01, Keyword02, … */
const attributeAliases = Object.fromEntries(
  Object.values(searchAttributes).map((name, index) => [
    `Keyword${String(index + 1).padStart(2, '0')}`,
    name,
  ]),
);

/** Registers the namespace and its search attributes, and waits until both are seen. */
export async function ensureNamespace({ ports }: ServerContext): Promise<void> {
  const client = httpApi(ports);
  const one = `/api/v1/namespaces/${temporalNamespace}`;
  try {
    await post(client, '/api/v1/namespaces', {
      namespace: temporalNamespace,
      workflowExecutionRetentionPeriod: retention,
    });
    await post(client, `${one}/update`, {
      config: { customSearchAttributeAliases: attributeAliases },
    });
    const seen = await waitFor(async () => (await hasAttributes(client, one)) || undefined, {
      deadlineMs: namespaceWithinMs,
    });
    if (!seen) throw new StackFailure('Temporal did not show its new namespace within 20 s.');
  } finally {
    client.close();
  }
}

function httpApi(ports: ServerPorts): HttpClient {
  return httpClient(`http://${loopback}:${ports['temporal-http']}`);
}

async function post(client: HttpClient, path: string, body: unknown): Promise<void> {
  const answer = await client.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (okStatuses.includes(answer.status)) return;
  throw new StackFailure(`Temporal refused ${path} with ${answer.status}: ${answer.body}.`);
}

async function hasAttributes(client: HttpClient, one: string): Promise<boolean> {
  const listed = await client.ask(`${one}/search-attributes`);
  return Object.values(searchAttributes).every((name) => listed.body.includes(`"${name}"`));
}
