/** Who cordoned and uncordoned which node, and when. */
import { parseObservedNode, type ObservedNode } from '../../schemas/local/observedNode.ts';
import { succeeded, type ApiWrite } from './auditLog.ts';

/** One write after which a Node's `unschedulable` is another than before. */
export type CordonTurn = {
  readonly node: string;
  readonly nodeUid: string;
  readonly user: string;
  readonly to: 'cordoned' | 'uncordoned';
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
};

const actor = 'slipway-actor';

/** Successful writes by which Slipway turned `unschedulable` true. */
export function isolations(writes: readonly ApiWrite[], nodeName?: string): CordonTurn[] {
  return turns(writes, nodeName).filter(({ user, to }) => user === actor && to === 'cordoned');
}

/** Successful writes by which Slipway turned `unschedulable` false. */
export function returns(writes: readonly ApiWrite[], nodeName?: string): CordonTurn[] {
  return turns(writes, nodeName).filter(({ user, to }) => user === actor && to === 'uncordoned');
}

/** Every cordon and uncordon of a node, or of all nodes, by anybody, in the order in which they took effect. */
export function turns(writes: readonly ApiWrite[], nodeName?: string): CordonTurn[] {
  const last = new Map<string, boolean>();
  const found: CordonTurn[] = [];
  for (const { write, node } of nodeSteps(writes)) {
    const { name, uid } = node.metadata;
    const { unschedulable } = node.spec;
    const was = last.get(uid) ?? false;
    last.set(uid, unschedulable);
    if (was === unschedulable || (nodeName !== undefined && nodeName !== name)) continue;
    found.push({
      node: name,
      nodeUid: uid,
      user: write.user,
      to: unschedulable ? 'cordoned' : 'uncordoned',
      receivedAtMs: write.receivedAtMs,
      answeredAtMs: write.answeredAtMs,
    });
  }
  return found;
}

type NodeWrite = { readonly write: ApiWrite; readonly node: ObservedNode };

function nodeSteps(writes: readonly ApiWrite[]): NodeWrite[] {
  return (
    writes
      .filter((write) => write.resource === 'nodes' && succeeded(write))
      .flatMap((write) => {
        const node = parseObservedNode(write.response);
        return node ? [{ write, node }] : [];
      })
      // Answers can overtake one another in the log; the store's revision tells what came first.
      .toSorted(
        (a, b) => Number(a.node.metadata.resourceVersion) - Number(b.node.metadata.resourceVersion),
      )
  );
}
