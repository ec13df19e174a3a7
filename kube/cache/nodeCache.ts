/** The one projected copy of all nodes in this process. */
import type { NodeFacts } from '../../domain/node.ts';
import type { Kube } from '../transport/connect.ts';
import type { ListWatch, ListWatchOptions } from './listWatch.ts';
import { listWatch } from './listWatch.ts';
import { projectNode } from '../resources/project.ts';

export type CacheOptions = Pick<ListWatchOptions<unknown>, 'signal' | 'onProblem' | 'timing'>;

/** Keyed by node name. */
export type NodeCache = ListWatch<NodeFacts>;

export function nodeCache(kube: Kube, options: CacheOptions): NodeCache {
  return listWatch(kube, {
    ...options,
    path: '/api/v1/nodes',
    project: projectNode,
    identity: {
      keyOf: (node) => node.name,
      uidOf: (node) => node.uid,
      same: (before, after) => before.resourceVersion === after.resourceVersion,
    },
  });
}
