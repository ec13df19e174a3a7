/** The Kubernetes API as the rest of Slipway sees it: facts, typed calls, and refusals as values. */
export { budgetsBlocking } from './budgets.ts';
export {
  clearHold,
  clearPause,
  clusterIdentity,
  readPause,
  whoAmI,
  writeHold,
  writePause,
} from './cluster.ts';
export { connectKube } from './connect.ts';
export type { Kube } from './connect.ts';
export { electLeader } from './elect.ts';
export { createNodeEvent } from './events.ts';
export { readLease } from './lease.ts';
export type { WatchProblem } from './listWatch.ts';
export { nodeCache } from './nodeCache.ts';
export type { CacheOptions, NodeCache } from './nodeCache.ts';
export { getNode, isolateNode, listNodes, markNode, returnNode, writeCondition } from './nodes.ts';
export { podCache } from './podCache.ts';
export type { PodCache } from './podCache.ts';
export { nodeForDecision, nodesNow } from './fresh.ts';
export { listLabelledPods, listPodsOn } from './podLists.ts';
export { evictPod, tagPod, untagPod } from './pods.ts';
export type { Refusal, Result } from './refusal.ts';
export type { Change } from './store.ts';
