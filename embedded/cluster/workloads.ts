/** Creates the pods that the nodes of the local cluster carry. */
import type { KubeApi } from './api.ts';

export type DeploymentOptions = {
  readonly namespace?: string;
  /** A disruption budget over the Deployment's pods. */
  readonly budget?: { readonly minAvailable: number } | { readonly maxUnavailable: number };
  /** Put pods on nodes with these labels only. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly terminationGracePeriodSeconds?: number;
  readonly tolerations?: readonly object[];
  /** Put every pod on this node, without asking the scheduler. */
  readonly nodeName?: string;
};

/** Creates a Deployment spread over the nodes, with a budget if asked for; it does not wait for the pods. */
export async function createDeployment(
  api: KubeApi,
  name: string,
  replicas: number,
  options: DeploymentOptions = {},
): Promise<void> {
  const namespace = options.namespace ?? 'default';
  if (namespace !== 'default') {
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await send(api, '/api/v1/namespaces', body);
  }
  const apps = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  await send(api, apps, deployment(name, replicas, options));
  if (options.budget) {
    const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    await send(api, budgets, budgetObject(name, options.budget));
  }
}

const created = 201;
const conflict = 409;

async function send(api: KubeApi, path: string, body: unknown): Promise<void> {
  const answer = await api.create(path, body);
  if (answer.status === created || answer.status === conflict) return;
  throw new Error(`creating at ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

function deployment(name: string, replicas: number, options: DeploymentOptions) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: options.terminationGracePeriodSeconds ?? 5,
          ...(options.nodeSelector && { nodeSelector: options.nodeSelector }),
          ...(options.tolerations && { tolerations: options.tolerations }),
          ...(options.nodeName !== undefined && { nodeName: options.nodeName }),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: { app: name } },
            },
          ],
          containers: [
            {
              name: 'app',
              image: `registry.example/${name}:1`,
              resources: { requests: { cpu: '100m', memory: '64Mi' } },
            },
          ],
        },
      },
    },
  };
}

function budgetObject(name: string, budget: NonNullable<DeploymentOptions['budget']>) {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { ...budget, selector: { matchLabels: { app: name } } },
  };
}
