/** Evicts the node's pods through the eviction API, paced, until none is left or the rest cannot be moved for now. */
import { isHeld, isIsolatedBy } from '../domain/marks.ts';
import type { PodFacts } from '../domain/node.ts';
import { isResting, movable, patienceMs, podName } from '../domain/repair/pods.ts';
import type { Blocker } from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary.ts';
import { freshLook, unread } from './freshLook.ts';
import type { Evicted, Ports } from './ports.ts';
import type { Step, StepOutcome } from './step.ts';

/** The activity's own life: it says how far it is, and hears that it is cancelled. */
export type Pulse = {
  readonly tell: (details: unknown) => void;
  readonly signal: AbortSignal;
  readonly sleep: (ms: number) => Promise<void>;
};

const lookEveryMs = 200;
/** Without progress for this long the pass ends and the repair says who blocks it. */
const stallMs = 1_500;
/** A pass lasts while one pod after the other goes; what it rests on must not be older than this. */
const lookAgainMs = 1_000;
/** As many as a person reads; a journal entry has to stay small. */
const mostNamed = 20;

export async function migrate(ports: Ports, step: Step, pulse: Pulse): Promise<StepOutcome> {
  const asked: Asked = new Map();
  let progress = { left: Number.POSITIVE_INFINITY, at: ports.clock() };
  let sight = unseen;
  for (;;) {
    const seen = await see(ports, step, sight);
    if (!seen.ok) return seen.outcome;
    sight = seen.sight;
    const { pods } = sight;
    if (pods.length === 0) return { kind: 'podsMoved' };
    await evictAll(ports, step, { sight, asked }, pulse);
    const blockers = pods.flatMap((pod) => blockerOf(step, pod, asked) ?? []).slice(0, mostNamed);
    if (pods.length < progress.left) progress = { left: pods.length, at: ports.clock() };
    pulse.tell({ left: pods.length, blockers });
    if (ports.clock() - progress.at > stallMs)
      return { kind: 'podsLeft', left: pods.length, blockers };
    await pulse.sleep(lookEveryMs);
  }
}

/** The pods as the API server listed them, what the cache showed then, and until when the look before counts. */
type Sight = {
  readonly pods: readonly PodFacts[];
  readonly cached: string;
  readonly goodUntil: EpochMs;
};

const unseen: Sight = { pods: [], cached: '', goodUntil: 0 };

type Seen =
  | { readonly ok: true; readonly sight: Sight }
  | { readonly ok: false; readonly outcome: StepOutcome };

/** The cache, which may be silent, only says when to list again before a second is over. */
async function see(ports: Ports, step: Step, last: Sight): Promise<Seen> {
  const { node } = step.opening;
  const isOld = ports.clock() >= last.goodUntil;
  const look = isOld ? await freshLook(ports, step, 'act') : undefined;
  if (look && !look.ok) return look;
  const cached = cachedView(ports, node);
  if (!isOld && cached === last.cached) return { ok: true, sight: last };
  const goodUntil = isOld ? ports.clock() + lookAgainMs : last.goodUntil;
  const listed = await ports.kube.listPods(node);
  if (!listed.ok) return { ok: false, outcome: unread(listed) };
  return { ok: true, sight: { pods: movable(listed.value), cached, goodUntil } };
}

function cachedView({ kube }: Ports, node: string): string {
  const pods = kube.podsOn(node).map(({ uid, deleting }) => `${uid} ${String(deleting)}`);
  return pods.toSorted().join(', ');
}

/** The answers of this pass, by the pod's UID. */
type Asked = Map<string, { readonly answer: Evicted; readonly at: EpochMs }>;

type Pass = { readonly sight: Sight; readonly asked: Asked };

async function evictAll(
  ports: Ports,
  step: Step,
  { sight, asked }: Pass,
  pulse: Pulse,
): Promise<void> {
  for (const pod of sight.pods) {
    if (pod.deleting || !mayAsk(ports, step, pod, asked)) continue;
    await ports.pace.turn(pulse.signal);
    if (ports.clock() >= sight.goodUntil || !mayEvict(ports, step)) return;
    pulse.tell({ left: sight.pods.length });
    asked.set(pod.uid, { answer: await ports.kube.evict(pod), at: ports.clock() });
  }
}

/** A pod that was asked to go is not asked twice in a pass; one that was refused has to be given time. */
function mayAsk({ clock }: Ports, step: Step, pod: PodFacts, asked: Asked): boolean {
  const last = asked.get(pod.uid);
  if (!last) return !restingBlocker(step, pod, clock());
  if (last.answer.kind !== 'refused') return false;
  return clock() >= last.at + Math.max(patienceMs(1), last.answer.retryAfterMs ?? 0);
}

/** What an earlier pass was told about this pod, while it must not be asked again. */
function restingBlocker({ refusals }: Step, pod: PodFacts, now: EpochMs): Blocker | undefined {
  const name = podName(pod);
  return refusals?.blockers.find(
    (blocker) => blocker.pod === name && isResting(blocker, refusals, now),
  );
}

/** Between two evictions a person may have taken the node back. */
function mayEvict(ports: Ports, { opening }: Step): boolean {
  const node = ports.kube.cachedNode(opening.node);
  return node !== undefined && isIsolatedBy(node, opening.repairId) && !isHeld(node);
}

function blockerOf(step: Step, pod: PodFacts, asked: Asked): Blocker | undefined {
  const name = podName(pod);
  const last = asked.get(pod.uid);
  if (pod.deleting || (last && last.answer.kind !== 'refused'))
    return { pod: name, why: 'terminating' };
  if (last?.answer.kind !== 'refused')
    return step.refusals?.blockers.find(({ pod: known }) => known === name);
  const { why, detail, budgets, retryAfterMs = 0 } = last.answer;
  const retry = retryAfterMs > patienceMs(1) && { retryAt: last.at + retryAfterMs };
  return { pod: name, why, detail, ...(budgets && { budgets }), ...retry };
}
