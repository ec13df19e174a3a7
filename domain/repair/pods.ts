/** Which pods a migration moves. */
import type { PodFacts } from '../node.ts';

/** Mirror pods are the kubelet's and DaemonSet pods come straight back; finished pods serve nobody. */
export function movable(pods: readonly PodFacts[]): readonly PodFacts[] {
  return pods.filter(
    (pod) =>
      !pod.mirror &&
      pod.ownerKind !== 'DaemonSet' &&
      pod.ownerKind !== 'Node' &&
      pod.phase !== 'Succeeded' &&
      pod.phase !== 'Failed',
  );
}

/** How a person names a pod. */
export function podName({ namespace, name }: Pick<PodFacts, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}
