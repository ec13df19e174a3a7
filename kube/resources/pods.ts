/** Tagging and evicting pods. A pod that is gone, or whose name now belongs to another pod, is done. */
import type { PodFacts } from '../../domain/node.ts';
import { fieldManagers, marks } from '../../domain/vocabulary/marks.ts';
import { budgetsSelecting } from './budgets.ts';
import { mergePatch, perform } from '../transport/call.ts';
import type { Kube } from '../transport/connect.ts';
import { textAt, textsAt } from '../transport/raw.ts';
import type { Refusal, RefusalKind, Result } from '../transport/refusal.ts';

/** What names a pod beyond doubt. */
export type PodRef = Pick<PodFacts, 'namespace' | 'name' | 'uid'>;

/** Labels the pod with the repair that is about to move it. */
export function tagPod(
  kube: Kube,
  pod: PodRef,
  repair: string,
): Promise<Result<'tagged' | 'gone'>> {
  return labelPod(kube, pod, repair);
}

const gone = { ok: true, value: 'gone' } as const;

/** Takes the label off again. */
export async function untagPod(kube: Kube, pod: PodRef): Promise<Result<'untagged' | 'gone'>> {
  const reply = await labelPod(kube, pod, null);
  if (!reply.ok || reply.value === 'gone') return reply.ok ? gone : reply;
  return { ok: true, value: 'untagged' };
}

/** How long a repair waits for a slow admission webhook when it labels a pod: it can do without the label. */
const labelTimeoutMs = 3_000;

async function labelPod(
  kube: Kube,
  pod: PodRef,
  repair: string | null,
): Promise<Result<'tagged' | 'gone'>> {
  const reply = await perform(kube, {
    method: 'PATCH',
    path: podPath(pod),
    query: { fieldManager: fieldManagers.tag },
    lane: 'moves',
    contentType: mergePatch,
    body: { metadata: { uid: pod.uid, labels: { [marks.repair]: repair } } },
    timeoutMs: labelTimeoutMs,
  });
  return reply.ok ? { ok: true, value: 'tagged' } : await goneOr(kube, pod, reply.refusal);
}

export type Eviction = {
  readonly pod: PodRef & Pick<PodFacts, 'graceSeconds'>;
  /** Another grace period than the pod's own; at least one second is always given. */
  readonly graceSeconds?: number;
};

/**
 * Looks at the pod and asks for its eviction, once: one that leaves already is not asked again. `accepted` is not gone:
 * the pod leaves later, or never. `budget` names the disruption budgets that forbid it for now, `throttled` means the
 * server is busy, `invalid` with budgets that it will never allow it.
 */
export async function evictPod(
  kube: Kube,
  eviction: Eviction,
): Promise<Result<'accepted' | 'gone'>> {
  const { pod } = eviction;
  const seen = await standing(kube, pod);
  if (!seen.ok) return seen;
  if (seen.value !== 'stays') return seen.value === 'gone' ? gone : { ok: true, value: 'accepted' };
  const reply = await perform(kube, {
    method: 'POST',
    path: `${podPath(pod)}/eviction`,
    lane: 'moves',
    body: {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace: pod.namespace, name: pod.name },
      deleteOptions: { preconditions: { uid: pod.uid }, gracePeriodSeconds: graceOf(eviction) },
    },
  });
  return reply.ok ? { ok: true, value: 'accepted' } : await goneOr(kube, pod, reply.refusal);
}

/** The pod as the server has it: a cache may be too far behind to know that it leaves already. */
async function standing(kube: Kube, pod: PodRef): Promise<Result<'stays' | 'leaves' | 'gone'>> {
  const found = await perform(kube, { method: 'GET', path: podPath(pod), lane: 'moves' });
  if (!found.ok) return found.refusal.kind === 'not-found' ? gone : found;
  if (textAt(found.value, 'metadata', 'uid') !== pod.uid) return gone;
  const leaves = textAt(found.value, 'metadata', 'deletionTimestamp') !== '';
  return { ok: true, value: leaves ? 'leaves' : 'stays' };
}

/** Zero would be a force delete, which lets two pods with one identity run at once. */
function graceOf({ pod, graceSeconds }: Eviction): number {
  const wanted = graceSeconds === undefined || graceSeconds < 0 ? pod.graceSeconds : graceSeconds;
  return Math.max(1, Math.ceil(wanted));
}

/**
 * Answers to the wrong pod: a changed UID comes as a conflict from one call, as invalid from another, and a budget may
 * speak for the pod that has the name now.
 */
const perhapsGone: readonly RefusalKind[] = ['conflict', 'invalid', 'budget'];

/** Looks whether the pod behind a refused write still exists. */
async function goneOr(kube: Kube, pod: PodRef, refusal: Refusal): Promise<Result<'gone'>> {
  if (refusal.kind === 'not-found') return gone;
  if (!perhapsGone.includes(refusal.kind)) return { ok: false, refusal };
  const found = await perform(kube, { method: 'GET', path: podPath(pod), lane: 'moves' });
  if (!found.ok) return found.refusal.kind === 'not-found' ? gone : { ok: false, refusal };
  if (textAt(found.value, 'metadata', 'uid') !== pod.uid) return gone;
  if (!isBudgetRivalry(refusal)) return { ok: false, refusal };
  const labels = textsAt(found.value, 'metadata', 'labels');
  return { ok: false, refusal: await withRivals(kube, pod, labels, refusal) };
}

function podPath({ namespace, name }: PodRef): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
}

/** The server will never choose between two budgets. */
function isBudgetRivalry(refusal: Refusal): boolean {
  return refusal.kind === 'invalid' && refusal.status === 500;
}

/** A person must know which budgets are in each other's way. */
async function withRivals(
  kube: Kube,
  pod: PodRef,
  labels: Readonly<Record<string, string>>,
  refusal: Refusal,
): Promise<Refusal> {
  const budgets = await budgetsSelecting(kube, pod.namespace, labels);
  return budgets.ok ? { ...refusal, budgets: budgets.value.map(({ name }) => name) } : refusal;
}
