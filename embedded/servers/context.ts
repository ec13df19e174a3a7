/** What the definitions of the servers share. */
import type { KubeApi } from '../cluster/api.ts';
import type { Binaries } from '../toolchain/index.ts';

export type ServerName =
  | 'nats'
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kwok'
  | 'temporal'
  | 'temporal-ui'
  | 'bmc';

/** Every port of a stack; a server's own port has its name. */
export const portNames = [
  'nats',
  'nats-monitor',
  'etcd',
  'etcd-peer',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'temporal',
  'temporal-http',
  'temporal-membership',
  'temporal-history',
  'temporal-history-membership',
  'temporal-matching',
  'temporal-matching-membership',
  'temporal-worker',
  'temporal-worker-membership',
  'temporal-ui',
  'bmc',
] as const;
export type PortName = (typeof portNames)[number];
export type ServerPorts = Readonly<Record<PortName, number>>;

/** What the definition of a server may use. */
export type ServerContext = {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly ports: ServerPorts;
  /** Ask the disk to keep each write through a loss of power, as production does. */
  readonly fsync: boolean;
  /** The API server's client as `admin`; fails until its certificate exists. */
  readonly admin: () => Promise<KubeApi>;
};

export const loopback = '127.0.0.1';

/** Command-line flags: `{ port: 1 }` is `--port=1`; what is undefined is left out. */
export function flags(values: Readonly<Record<string, string | number | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}
