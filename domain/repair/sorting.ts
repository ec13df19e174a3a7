/** What a migration does with each pod of a node: move it, leave it where the policy keeps it, or let it stay (ADR 16). */
import type { PodFacts } from '../node.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { BlockReason } from '../vocabulary/reasons.ts';
import { podName } from './pods.ts';
import type { MigrationRules } from './policy.ts';
import type { Staying } from './types.ts';

export type Sorting = {
  readonly rules: MigrationRules;
  /** When the node was isolated, by the clock that also stamps pods; unknown while it is not. */
  readonly isolatedAt: EpochMs | undefined;
  /** Owners of pods that came after the isolation and were evicted all the same. */
  readonly latecomers: readonly string[];
};

export type Sorted = {
  readonly moving: readonly PodFacts[];
  /** The policy forbids their eviction. */
  readonly kept: readonly { readonly pod: PodFacts; readonly why: BlockReason }[];
  /** Evicting them would only bring them back: the ladder goes on with them on the node. */
  readonly staying: readonly Staying[];
};

/** More than a node usually runs; the journal holds no longer list. */
export const mostStaying = 100;

export function sortPods(pods: readonly PodFacts[], sorting: Sorting): Sorted {
  const present = pods.filter(isServing);
  const staying = present.flatMap((pod) => stayingOf(pod, sorting) ?? []);
  const others = present.filter((pod) => !stayingOf(pod, sorting));
  const kept = others.flatMap((pod) => {
    const why = pod.deleting ? undefined : keptBy(pod, sorting.rules);
    return why ? [{ pod, why }] : [];
  });
  const moving = others.filter((pod) => pod.deleting || !keptBy(pod, sorting.rules));
  return { moving, kept, staying };
}

/** Mirror pods are the kubelet's and DaemonSet pods come straight back; finished pods serve nobody. */
function isServing({ mirror, ownerKind, phase }: PodFacts): boolean {
  const isOfTheNode = mirror || ownerKind === 'DaemonSet' || ownerKind === 'Node';
  return !isOfTheNode && phase !== 'Succeeded' && phase !== 'Failed';
}

function stayingOf(pod: PodFacts, sorting: Sorting): Staying | undefined {
  const owner = ownerOf(pod);
  if (owner === '') return undefined;
  const name = podName(pod);
  if (pod.toleratesCordon) return { pod: name, owner, why: 'tolerates' };
  const cameBack = isLatecomer(pod, sorting) && sorting.latecomers.includes(owner);
  return cameBack ? { pod: name, owner, why: 'came-back' } : undefined;
}

/** The controller that would replace the pod; empty for a bare one, which nobody replaces. */
export function ownerOf({ namespace, ownerKind, ownerName = '' }: PodFacts): string {
  return ownerKind === undefined ? '' : `${namespace}/${ownerKind}/${ownerName}`;
}

/** Whether this pod came although the node was cordoned; once its owner has shown that it brings it back, it stays. */
export function isLatecomer({ createdAt }: PodFacts, { isolatedAt }: Sorting): boolean {
  return isolatedAt !== undefined && createdAt > isolatedAt;
}

/** What `kubectl drain` would refuse too; local data excepted, which is lost with every move and by default no reason. */
function keptBy(pod: PodFacts, rules: MigrationRules): BlockReason | undefined {
  if (pod.ownerKind === undefined && rules.barePods !== 'evict') return 'no-controller';
  if (pod.protectedBy !== undefined && rules.doNotDisrupt !== 'ignore') return 'do-not-disrupt';
  return pod.localData && rules.localData === 'refuse' ? 'local-data' : undefined;
}

/** Pods that stay and are not yet in the journal, as they have to be before the machine is touched. */
export function unsaid(staying: readonly Staying[], said: readonly Staying[]): readonly Staying[] {
  if (said.length >= mostStaying) return [];
  return staying.filter(
    ({ pod, owner }) =>
      !said.some((known) => known.pod === pod || (owner !== '' && known.owner === owner)),
  );
}
