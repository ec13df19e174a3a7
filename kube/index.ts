/** The Kubernetes API as the rest of Slipway sees it: facts, typed calls, and refusals as values. */
export { budgetsBlocking } from './resources/budgets.ts';
export {
  clearHold,
  clearPause,
  clusterIdentity,
  readPause,
  whoAmI,
  writeHold,
  writePause,
} from './resources/cluster.ts';
export { connectKube } from './transport/connect.ts';
export type { Kube } from './transport/connect.ts';
export { electLeader } from './resources/elect.ts';
export { createNodeEvent } from './resources/events.ts';
export { readLease } from './resources/lease.ts';
export type { WatchProblem } from './cache/listWatch.ts';
export { nodeCache } from './cache/nodeCache.ts';
export type { CacheOptions, NodeCache } from './cache/nodeCache.ts';
export {
  getNode,
  isolateNode,
  listNodes,
  markNode,
  returnNode,
  writeCondition,
} from './resources/nodes.ts';
export { podCache } from './cache/podCache.ts';
export type { PodCache } from './cache/podCache.ts';
export { nodeForDecision, nodesForDecisions, nodesNow } from './cache/fresh.ts';
export { listLabelledPods, listPodsOn } from './resources/podLists.ts';
export { evictPod, tagPod, untagPod } from './resources/pods.ts';
export type { Refusal, Result } from './transport/refusal.ts';
export type { CacheChange } from './cache/store.ts';
