/** Kubernetes Events on nodes, so that `kubectl describe node` tells what Slipway does. */
import type { NodeFacts } from '../../domain/node.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { fieldManagers, namespaces } from '../../domain/vocabulary/marks.ts';
import { perform } from '../transport/call.ts';
import type { Kube } from '../transport/connect.ts';
import type { Result } from '../transport/refusal.ts';

export type NodeEvent = {
  readonly node: Pick<NodeFacts, 'name' | 'uid'>;
  /** Deterministic, a DNS subdomain: the same event is then created once however often it is sent. */
  readonly name: string;
  /** One word in CamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
  readonly at: EpochMs;
};

/** Creates the event; one that exists already is a success. */
export async function createNodeEvent(
  kube: Kube,
  event: NodeEvent,
): Promise<Result<'created' | 'exists'>> {
  const reply = await perform(kube, {
    method: 'POST',
    path: `/api/v1/namespaces/${namespaces.nodeEvents}/events`,
    query: { fieldManager: fieldManagers.event },
    lane: 'moves',
    body: bodyOf(event),
  });
  if (reply.ok) return { ok: true, value: 'created' };
  return reply.refusal.reason === 'AlreadyExists' ? { ok: true, value: 'exists' } : reply;
}

const longestMessage = 1024;
const component = 'slipway';

function bodyOf({ node, name, reason, message, type, at }: NodeEvent): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespaces.nodeEvents },
    // `kubectl describe node` looks for the node's UID, or for its name in place of the UID.
    involvedObject: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid },
    reason,
    message: message.slice(0, longestMessage),
    type,
    count: 1,
    firstTimestamp: new Date(at).toISOString(),
    lastTimestamp: new Date(at).toISOString(),
    source: { component, host: node.name },
    reportingComponent: component,
  };
}
