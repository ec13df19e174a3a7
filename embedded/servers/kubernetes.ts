/** How etcd and the Kubernetes control plane are started. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ChildSpec } from '../child.ts';
import { kubeconfigFile } from '../cluster/credentials.ts';
import { httpClient } from '../http.ts';
import { flags, loopback, type ServerContext } from './context.ts';

const stopWithinMs = 5_000;
/** With its etcd gone the API server would take minutes to stop. */
const apiserverStopWithinMs = 8_000;
/** The audit log is read as a whole, so it is never rotated. */
const noRotation = 0;
/** Renewed every quarter of it: thousands of kubelets share the two cores of a laptop with everything else. */
const leaseSeconds = 240;
const storeBytes = 4 * 1024 ** 3;
const generous = { 'kube-api-qps': 1000, 'kube-api-burst': 2000 };

export function etcd({ dataDir, binaries, ports, fsync }: ServerContext): ChildSpec<'etcd'> {
  const url = `http://${loopback}:${ports.etcd}`;
  const peerUrl = `http://${loopback}:${ports['etcd-peer']}`;
  const client = httpClient(url);
  return {
    name: 'etcd',
    command: [
      binaries.etcd,
      ...flags({
        name: 'slipway',
        'data-dir': join(dataDir, 'etcd'),
        'listen-client-urls': url,
        'advertise-client-urls': url,
        'listen-peer-urls': peerUrl,
        'initial-advertise-peer-urls': peerUrl,
        'initial-cluster': `slipway=${peerUrl}`,
        'log-level': 'warn',
        'auto-compaction-retention': '10m',
        'quota-backend-bytes': storeBytes,
      }),
      ...(fsync ? [] : ['--unsafe-no-fsync']),
    ],
    logFile: logFile(dataDir, 'etcd'),
    isReady: async () => (await client.ask('/health')).status === 200,
    stopWithinMs,
  };
}

export function apiserver(context: ServerContext): ChildSpec<'kube-apiserver'> {
  const { dataDir, binaries, ports, admin } = context;
  return {
    name: 'kube-apiserver',
    command: [
      binaries['kube-apiserver'],
      ...flags({
        'etcd-servers': `http://${loopback}:${ports.etcd}`,
        'secure-port': ports['kube-apiserver'],
      }),
      ...apiserverArguments(dataDir),
    ],
    logFile: logFile(dataDir, 'kube-apiserver'),
    isReady: async () => (await (await admin()).health('/readyz')) === 'ok',
    // Starting allocates much and collects little of it; with the default it takes longer on two cores.
    environment: { GOGC: '200' },
    stopWithinMs: apiserverStopWithinMs,
  };
}

function apiserverArguments(dataDir: string): string[] {
  const pki = (file: string) => join(dataDir, 'pki', file);
  return flags({
    'bind-address': loopback,
    'advertise-address': loopback,
    'endpoint-reconciler-type': 'none',
    'cert-dir': join(dataDir, 'pki'),
    'authorization-mode': 'RBAC',
    'token-auth-file': pki('tokens.csv'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': pki('sa.pub'),
    'service-account-signing-key-file': pki('sa.key'),
    'service-cluster-ip-range': '10.96.0.0/16',
    profiling: 'false',
    // Nodes are registered ready, so a taint that says "not yet ready" would only be put and taken away again.
    'disable-admission-plugins': 'TaintNodesByCondition',
    'audit-policy-file': besideThis('audit-policy.yaml'),
    'audit-log-path': auditLogFile(dataDir),
    'audit-log-maxsize': noRotation,
  });
}

export function auditLogFile(dataDir: string): string {
  return join(dataDir, 'audit.log');
}

const controllers = [
  'serviceaccount-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'pod-garbage-collector-controller',
  'deployment-controller',
  'replicaset-controller',
  'daemonset-controller',
  'statefulset-controller',
  'job-controller',
  'disruption-controller',
  'endpointslice-controller',
  'node-lifecycle-controller',
  'taint-eviction-controller',
];

export function controllerManager(context: ServerContext): ChildSpec<'kube-controller-manager'> {
  return watcher('kube-controller-manager', context, {
    controllers: controllers.join(','),
    'service-account-private-key-file': join(context.dataDir, 'pki', 'sa.key'),
    'root-ca-file': caFile(context.dataDir),
    'node-monitor-grace-period': `${leaseSeconds}s`,
    'concurrent-replicaset-syncs': 20,
    'concurrent-deployment-syncs': 20,
  });
}

export function scheduler(context: ServerContext): ChildSpec<'kube-scheduler'> {
  return watcher('kube-scheduler', context, {});
}

/** Both watch the API server, serve their health over TLS with its certificate, and need no election. */
function watcher<Name extends 'kube-controller-manager' | 'kube-scheduler'>(
  name: Name,
  context: ServerContext,
  more: Readonly<Record<string, string | number>>,
): ChildSpec<Name> {
  const { dataDir, binaries, ports } = context;
  const user = name === 'kube-scheduler' ? 'scheduler' : 'controllerManager';
  return {
    name,
    command: [
      binaries[name],
      '--authentication-skip-lookup',
      ...flags({
        kubeconfig: kubeconfigFile(join(dataDir, 'kubeconfigs'), user),
        'leader-elect': 'false',
        profiling: 'false',
        'bind-address': loopback,
        'secure-port': ports[name],
        'tls-cert-file': caFile(dataDir),
        'tls-private-key-file': join(dataDir, 'pki', 'apiserver.key'),
        ...generous,
        ...more,
      }),
    ],
    logFile: logFile(dataDir, name),
    isReady: () => answersOk(`https://${loopback}:${ports[name]}`, context),
    stopWithinMs,
  };
}

async function answersOk(url: string, { dataDir }: ServerContext): Promise<boolean> {
  const client = httpClient(url, await readFile(caFile(dataDir), 'utf8'));
  try {
    return (await client.ask('/healthz')).status === 200;
  } finally {
    client.close();
  }
}

/** The certificate that kube-apiserver makes for itself at its first start, and its authority. */
export function caFile(dataDir: string): string {
  return join(dataDir, 'pki', 'apiserver.crt');
}

const nodeLeases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

export function kwok(context: ServerContext): ChildSpec<'kwok'> {
  const { dataDir, binaries, ports, admin } = context;
  const address = `${loopback}:${ports.kwok}`;
  const client = httpClient(`http://${address}`);
  return {
    name: 'kwok',
    command: [
      binaries.kwok,
      '--manage-all-nodes',
      ...flags({
        kubeconfig: kubeconfigFile(join(dataDir, 'kubeconfigs'), 'kwok'),
        config: besideThis('kwok-stages.yaml'),
        'node-lease-duration-seconds': leaseSeconds,
        'server-address': address,
      }),
    ],
    logFile: logFile(dataDir, 'kwok'),
    // Each kwok has a new identity and leaves alone the nodes whose leases an earlier one still holds.
    prepare: async () => {
      await (await admin()).remove(nodeLeases).catch(() => {});
    },
    isReady: async () => (await client.ask('/healthz')).status === 200,
    stopWithinMs,
  };
}

function besideThis(file: string): string {
  return fileURLToPath(new URL(`../cluster/${file}`, import.meta.url));
}

function logFile(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}
