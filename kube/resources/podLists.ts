/** Lists of pods as the API server has them at the moment of asking: complete, or refused; never from a cache. */
import type { PodFacts } from '../../domain/node.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import type { Kube } from '../transport/connect.ts';
import { listAll } from '../transport/listing.ts';
import { projectPod } from './project.ts';
import type { Result } from '../transport/refusal.ts';

/** An activity that lists has a few seconds in all. */
const timeoutMs = 4_000;

/** Everything bound to this node. Without a resource version the API server answers with nothing older than the request. */
export function listPodsOn(kube: Kube, node: string): Promise<Result<readonly PodFacts[]>> {
  return listPods(kube, { fieldSelector: `spec.nodeName=${node}` });
}

/** Every pod that carries a repair's label, whichever repair and node. */
export function listLabelledPods(kube: Kube): Promise<Result<readonly PodFacts[]>> {
  return listPods(kube, { labelSelector: marks.repair });
}

async function listPods(
  kube: Kube,
  query: Readonly<Record<string, string>>,
): Promise<Result<readonly PodFacts[]>> {
  const listed = await listAll(kube, {
    path: '/api/v1/pods',
    query,
    project: projectPod,
    lane: 'moves',
    timeoutMs,
  });
  return listed.ok ? { ok: true, value: listed.value.items } : listed;
}
