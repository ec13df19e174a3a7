/** Pods in numbers, bound to their nodes by hand: a scheduler would take longer than what is measured. */
import type { KubeApi } from '../embedded/cluster/api.ts';

const parallel = 16;
const created = 201;

/** Spreads them over the nodes evenly; `onMade` hears how many there are. */
export async function createPods(
  api: KubeApi,
  nodes: readonly string[],
  count: number,
  onMade: (made: number) => void,
): Promise<void> {
  let next = 0;
  let made = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const pod = podObject(index, nodes[index % nodes.length] ?? '');
      const answer = await api.create('/api/v1/namespaces/default/pods', pod);
      if (answer.status !== created) throw new Error(`creating a pod: ${answer.status}`);
      made += 1;
      onMade(made);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

function podObject(index: number, nodeName: string): object {
  const requests = { cpu: '100m', memory: '64Mi' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `work-${index}`, labels: { app: 'work' } },
    spec: {
      nodeName,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: 'registry.example/work:1', resources: { requests } }],
    },
  };
}
