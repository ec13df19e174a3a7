/** The one projected copy of all pods in this process, by node. */
import type { PodFacts } from '../../domain/node.ts';
import type { Kube } from '../transport/connect.ts';
import type { ListWatch } from './listWatch.ts';
import { listWatch } from './listWatch.ts';
import type { CacheOptions } from './nodeCache.ts';
import { projectPod } from '../resources/project.ts';
import type { CacheChange } from './store.ts';

/** Keyed by `namespace/name`. */
export type PodCache = ListWatch<PodFacts> & {
  /** The pods bound to this node, terminating ones included. */
  readonly onNode: (node: string) => readonly PodFacts[];
};

type Index = Map<string, Map<string, PodFacts>>;

/**
 * How often all pods are listed anew, in case a watch lost something without a word. No decision rests on this copy alone:
 * before a node counts as empty, the API server lists its pods (ADR 4).
 */
const relistMs = 3_600_000;

export function podCache(kube: Kube, options: CacheOptions): PodCache {
  const index: Index = new Map();
  const pods = listWatch(kube, {
    ...options,
    timing: { relistMs, ...options.timing },
    path: '/api/v1/pods',
    project: projectPod,
    identity: { keyOf, uidOf: (pod) => pod.uid, same },
  });
  // The index listens first, so that it agrees with every change others are told of.
  pods.onChange((change) => follow(index, change));
  return { ...pods, onNode: (node) => [...(index.get(node)?.values() ?? [])] };
}

const compared = [
  'node',
  'phase',
  'repair',
  'ownerKind',
  'ownerName',
  'protectedBy',
  'toleratesCordon',
  'mirror',
  'deleting',
  'graceSeconds',
] as const satisfies readonly (keyof PodFacts)[];

function same(before: PodFacts, after: PodFacts): boolean {
  return compared.every((field) => before[field] === after[field]);
}

function follow(index: Index, change: CacheChange<PodFacts>): void {
  if (change.kind !== 'added') drop(index, change.before);
  if (change.kind !== 'deleted') add(index, change.after);
}

function drop(index: Index, pod: PodFacts): void {
  const pods = index.get(pod.node);
  pods?.delete(keyOf(pod));
  if (pods?.size === 0) index.delete(pod.node);
}

function add(index: Index, pod: PodFacts): void {
  const pods = index.get(pod.node) ?? new Map<string, PodFacts>();
  index.set(pod.node, pods.set(keyOf(pod), pod));
}

function keyOf(pod: PodFacts): string {
  return `${pod.namespace}/${pod.name}`;
}
