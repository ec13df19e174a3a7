/** Pods on one node for tests: of a Deployment, of a DaemonSet, and a static pod's mirror. */
import type { Stack } from '../../embedded/index.ts';
import type { Loop } from './loop.ts';

export type PodView = {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string };
};

/** Two pods that can run on this node only; `minAvailable: 2` keeps both where they are. */
export async function deployOn(
  loop: Loop,
  node: string,
  options: {
    minAvailable?: number;
    terminationGracePeriodSeconds?: number;
    tolerations?: readonly object[];
    nodeName?: string;
  } = {},
): Promise<readonly PodView[]> {
  const { minAvailable, ...rest } = options;
  await loop.stack.createDeployment(appOf(node), 2, {
    nodeSelector: { 'kubernetes.io/hostname': node },
    ...(minAvailable !== undefined && { budget: { minAvailable } }),
    ...rest,
  });
  const pods = await runningOn(loop, node, 2);
  if (minAvailable === undefined) return pods;
  // Until the budget has counted the pods it blocks everything, also what it would allow.
  const path = `/apis/policy/v1/namespaces/default/poddisruptionbudgets/${appOf(node)}`;
  await loop.until(`the budget on ${node} is counted`, async () => {
    const { body } = await loop.stack.api().get(path);
    return (
      (body as { status?: { currentHealthy?: number } }).status?.currentHealthy === 2 || undefined
    );
  });
  return pods;
}

export async function liftBudget(loop: Loop, node: string): Promise<void> {
  const path = `/apis/policy/v1/namespaces/default/poddisruptionbudgets/${appOf(node)}`;
  await loop.stack.api().remove(path);
}

export function appOf(node: string): string {
  return `app-${node.split('.')[0]}`;
}

const container = { name: 'app', image: 'registry.example/daemon:1' };

export async function daemonSetOn(loop: Loop, node: string): Promise<PodView> {
  const name = `daemon-${node.split('.')[0]}`;
  const template = {
    metadata: { labels: { app: name } },
    spec: { nodeSelector: { 'kubernetes.io/hostname': node }, containers: [container] },
  };
  await expectCreated(loop, '/apis/apps/v1/namespaces/default/daemonsets', {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template },
  });
  return (await runningOn(loop, node, 1))[0]!;
}

/** What a kubelet shows of a static pod. */
export async function mirrorPodOn(loop: Loop, node: string): Promise<string> {
  const name = `static-${node.split('.')[0]}`;
  await expectCreated(loop, '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations: { 'kubernetes.io/config.mirror': 'mirrored' } },
    spec: { nodeName: node, containers: [container] },
  });
  return name;
}

/** A pod that no controller would replace. */
export async function barePodOn(
  loop: Loop,
  node: string,
  annotations: Readonly<Record<string, string>> = {},
): Promise<string> {
  const name = `bare-${node.split('.')[0]}`;
  await expectCreated(loop, '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, annotations },
    spec: { nodeName: node, containers: [container] },
  });
  await runningOn(loop, node, 1);
  return name;
}

async function expectCreated(loop: Loop, path: string, body: unknown): Promise<void> {
  const answer = await loop.stack.api().create(path, body);
  if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
}

function runningOn(loop: Loop, node: string, count: number): Promise<readonly PodView[]> {
  return loop.until(`${count} pods run on ${node}`, async () => {
    const pods = await podsOn(loop.stack, node);
    const running = pods.filter(({ status }) => status.phase === 'Running');
    return running.length === count ? running : undefined;
  });
}

export async function podsOn(stack: Stack, node: string): Promise<readonly PodView[]> {
  const { body } = await stack.api().get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
  return (body as { items: PodView[] }).items;
}
