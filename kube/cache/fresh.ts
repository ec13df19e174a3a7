/**
 * Reads of caches on which an act rests. Each says how old the cache may be, counted from what was applied to it; beyond
 * that the API server itself is asked, and where it does not answer either, there is no value to act on.
 */
import type { NodeFacts } from '../../domain/node.ts';
import type { Kube } from '../transport/connect.ts';
import type { NodeCache } from './nodeCache.ts';
import { getNode, listNodes } from '../resources/nodes.ts';
import type { Result } from '../transport/refusal.ts';

/** For counting nodes that are out and telling machines apart: no look follows that knows better. */
const freshEnoughMs = 10_000;
/**
 * For opening a repair and for undoing what nobody owns: each looks at the node itself before it acts. A watch that lives
 * is heard every minute or so.
 */
const watchLivesMs = 90_000;

/** Every node. */
export async function nodesNow(
  kube: Kube,
  nodes: NodeCache,
): Promise<Result<readonly NodeFacts[]>> {
  return nodes.stalenessMs() <= freshEnoughMs ? { ok: true, value: nodes.list() } : listNodes(kube);
}

/** Every node, as far as decisions need them that are looked at again. */
export async function nodesForDecisions(
  kube: Kube,
  nodes: NodeCache,
): Promise<Result<readonly NodeFacts[]>> {
  return nodes.stalenessMs() <= watchLivesMs ? { ok: true, value: nodes.list() } : listNodes(kube);
}

/** One node as far as a decision needs it that is looked at again; no value means that there is no such node. */
export async function nodeForDecision(
  kube: Kube,
  nodes: NodeCache,
  name: string,
): Promise<Result<NodeFacts | undefined>> {
  if (nodes.stalenessMs() <= watchLivesMs) return { ok: true, value: nodes.get(name) };
  const read = await getNode(kube, name);
  if (read.ok || read.refusal.kind !== 'not-found') return read;
  return { ok: true, value: undefined };
}
