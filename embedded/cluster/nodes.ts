/** Registers simulated machines as Nodes. */
import { createHash, randomUUID } from 'node:crypto';
import type { KubeApi } from './api.ts';

export type NodeSpec = { readonly name: string; readonly uuid: string };

export type NodeOptions = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly podsPerNode?: number;
};

const region = 'eu-west-1';
const zones = ['a', 'b', 'c'] as const;
const firstHost = 17;
const hostsPerSubnet = 200;
const kubeletVersion = 'v1.36.3';
const parallel = 24;
const created = 201;
const conflict = 409;

/**
 * Registers the machines `from` … `from + count - 1` as ready Nodes; one that is registered already is left as it is.
 * Answers with all of them in order.
 */
export async function createNodes(
  api: KubeApi,
  stackId: string,
  range: { readonly from: number; readonly count: number },
  options: NodeOptions = {},
): Promise<NodeSpec[]> {
  const indexes = Array.from({ length: range.count }, (_, offset) => range.from + offset);
  const specs = indexes.map((index) => {
    const name = nodeName(index);
    return { index, name, uuid: systemUuid(stackId, name) };
  });
  await forEachParallel(specs, async (spec) => {
    const zone = `${region}${zones[spec.index % zones.length] ?? zones[0]}`;
    const answer = await api.create('/api/v1/nodes', nodeObject(spec, zone, options));
    if (answer.status === created || answer.status === conflict) return;
    throw new Error(`creating node ${spec.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  });
  return specs.map(({ name, uuid }) => ({ name, uuid }));
}

/** The name of the nth machine, as a cloud names it. */
function nodeName(index: number): string {
  const subnet = 1 + Math.floor(index / hostsPerSubnet);
  return `ip-10-0-${subnet}-${firstHost + (index % hostsPerSubnet)}.${region}.compute.internal`;
}

/** A machine keeps its UUID; machines of different stacks never share one. */
function systemUuid(stackId: string, name: string): string {
  const hex = createHash('sha256').update(`${stackId}/${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Runs `work` on each item, at most `parallel` at a time. */
async function forEachParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

function nodeObject(spec: NodeSpec, zone: string, { labels, podsPerNode = 110 }: NodeOptions) {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const resources = { cpu: '32', memory: '128Gi', pods: `${podsPerNode}` };
  const instance = spec.uuid.replaceAll('-', '').slice(0, 17);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: spec.name,
      labels: {
        'kubernetes.io/hostname': spec.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': 'm7i.8xlarge',
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
        ...labels,
      },
    },
    spec: { providerID: `aws:///${zone}/i-${instance}` },
    status: {
      phase: 'Running',
      capacity: resources,
      allocatable: resources,
      conditions: conditions(now),
      addresses: [
        { type: 'InternalIP', address: addressOf(spec.name) },
        { type: 'Hostname', address: spec.name },
      ],
      nodeInfo: {
        machineID: spec.uuid.replaceAll('-', ''),
        systemUUID: spec.uuid,
        bootID: randomUUID(),
        kernelVersion: '6.12.0',
        osImage: 'Simulated Linux',
        containerRuntimeVersion: 'containerd://2.1.0',
        kubeletVersion,
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

function conditions(now: string) {
  return [
    condition('Ready', 'True', 'KubeletReady', now),
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', now),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', now),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', now),
    condition('NetworkUnavailable', 'False', 'RouteCreated', now),
    condition('KernelDeadlock', 'False', 'KernelHasNoDeadlock', now),
    condition('ReadonlyFilesystem', 'False', 'FilesystemIsNotReadOnly', now),
  ];
}

function condition(type: string, status: 'True' | 'False', reason: string, now: string) {
  return {
    type,
    status,
    reason,
    message: reason,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
}

function addressOf(name: string): string {
  return name.slice(3).split('.', 1)[0]?.replaceAll('-', '.') ?? '';
}

/** A condition of a Node as something on the machine would report it. */
export type ConditionReport = {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  /** When its writer confirmed it; now unless it says otherwise. */
  readonly heartbeatAt?: Date;
};

/** Writes a condition into a Node's status. */
export async function setCondition(
  api: KubeApi,
  node: string,
  { heartbeatAt = new Date(), ...report }: ConditionReport,
): Promise<void> {
  const at = heartbeatAt.toISOString().replace(/\.\d+Z$/, 'Z');
  const reason = report.reason ?? `${report.type}Is${report.status}`;
  const full = {
    message: reason,
    ...report,
    reason,
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  };
  const answer = await api.patch(`/api/v1/nodes/${node}/status`, {
    status: { conditions: [full] },
  });
  if (answer.status === 200) return;
  throw new Error(`reporting ${report.type} on ${node}: ${answer.status}`);
}
