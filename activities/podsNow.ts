/** The pods of the repair's node as the API server lists them, sorted by what a migration does with each. */
import { podName } from '../domain/repair/pods.ts';
import { mostStaying, sortPods } from '../domain/repair/sorting.ts';
import type { Sorted, Sorting } from '../domain/repair/sorting.ts';
import type { Blocker, Staying } from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Ports, Read } from './ports.ts';
import type { Step } from '../domain/repair/step.ts';

export async function podsNow(
  { kube }: Ports,
  step: Step,
  sorting: Sorting,
): Promise<Read<Sorted>> {
  const listed = await kube.listPods(step.opening.node);
  return listed.ok ? { ok: true, value: sortPods(listed.value, sorting) } : listed;
}

export function sortingOf(
  { opening, pods }: Step,
  isolatedAt: EpochMs | undefined,
  latecomers: Iterable<string> = [],
): Sorting {
  const known = [...(pods?.latecomers ?? []), ...latecomers];
  return { rules: opening.policy.migration, isolatedAt, latecomers: known };
}

/** What a person reads about the pods that the policy keeps. */
export function keptBlockers({ kept }: Sorted): readonly Blocker[] {
  return kept.map(({ pod, why }) => ({
    pod: podName(pod),
    why,
    ...(why === 'do-not-disrupt' && { detail: pod.protectedBy ?? '' }),
  }));
}

/** As an event tells it: nothing where nothing stays. */
export function stayingIn({ staying }: Sorted): { readonly staying?: readonly Staying[] } {
  return staying.length === 0 ? {} : { staying: staying.slice(0, mostStaying) };
}
