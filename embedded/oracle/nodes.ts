/** Nodes and pods as the writes of the audit log left them. */
import { parseObservedNode, type ObservedNode } from '../../schemas/local/observedNode.ts';
import { parseObservedPod, type ObservedPod } from '../../schemas/local/observedPod.ts';
import { succeeded, type ApiWrite } from './auditLog.ts';

/** A Node as a write left it. */
export type NodeVersion = {
  readonly user: string;
  readonly answeredAtMs: number;
  readonly node: ObservedNode;
};

/** What each write made of a node, in the order in which the writes took effect. */
export function nodeVersions(writes: readonly ApiWrite[], nodeName: string): NodeVersion[] {
  return writes
    .filter((write) => write.resource === 'nodes' && write.name === nodeName && succeeded(write))
    .flatMap(({ user, answeredAtMs, response }) => {
      const node = parseObservedNode(response);
      return node ? [{ user, answeredAtMs, node }] : [];
    })
    .toSorted(
      (a, b) => Number(a.node.metadata.resourceVersion) - Number(b.node.metadata.resourceVersion),
    );
}

/** The pods of a node that this user wrote to, each as that user's last write left it. */
export function podsTouchedBy(
  writes: readonly ApiWrite[],
  user: string,
  nodeName: string,
): ObservedPod[] {
  const touched = new Map<string, ObservedPod>();
  for (const write of writes) {
    const isPod = write.resource === 'pods' && write.user === user && succeeded(write);
    const pod = isPod ? parseObservedPod(write.response) : undefined;
    if (pod?.spec.nodeName === nodeName)
      touched.set(`${pod.metadata.namespace}/${pod.metadata.name}`, pod);
  }
  return [...touched.values()];
}
