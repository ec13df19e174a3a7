/** Evicts the node's pods through the eviction API, paced, until none is left or the rest cannot be moved for now. */
import { isHeld, isIsolatedBy } from '../../domain/marks.ts';
import type { PodFacts } from '../../domain/node.ts';
import { isResting, patienceMs, podName } from '../../domain/repair/pods.ts';
import { isLatecomer, ownerOf } from '../../domain/repair/sorting.ts';
import type { Sorted } from '../../domain/repair/sorting.ts';
import type { Blocker } from '../../domain/repair/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { freshLook, unread } from '../freshLook.ts';
import { keptBlockers, podsNow, sortingOf, stayingIn } from '../podsNow.ts';
import type { Evicted, Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

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
const mostNamed = 10;

export async function migrate(ports: Ports, step: Step, pulse: Pulse): Promise<StepOutcome> {
  const pass: Pass = { asked: new Map(), latecomers: new Set() };
  let progress = { left: Number.POSITIVE_INFINITY, at: ports.clock() };
  let sight = unseen;
  for (;;) {
    const seen = await see(ports, step, pass, sight);
    if (!seen.ok) return seen.outcome;
    sight = seen.sight;
    const left = sight.pods.moving.length + sight.pods.kept.length;
    const remembered = { ...stayingIn(sight.pods), ...latecomersOf(pass) };
    if (left === 0) return { kind: 'podsMoved', ...remembered };
    const stopped = await evictAll(ports, step, { pass, sight }, pulse);
    if (stopped) return stopped;
    const blockers = blockersOf(step, sight.pods, pass);
    if (left < progress.left) progress = { left, at: ports.clock() };
    pulse.tell({ left, blockers });
    if (ports.clock() - progress.at > stallMs)
      return { kind: 'podsLeft', left, blockers, ...remembered };
    await pulse.sleep(lookEveryMs);
  }
}

/** What one pass has done so far. */
type Pass = {
  /** The answers, by the pod's UID. */
  readonly asked: Map<string, { readonly answer: Evicted; readonly at: EpochMs }>;
  /** Owners of pods that came after the isolation and were asked to go. */
  readonly latecomers: Set<string>;
};

function latecomersOf({ latecomers }: Pass): { readonly latecomers?: readonly string[] } {
  return latecomers.size === 0 ? {} : { latecomers: [...latecomers] };
}

/** The pods as the API server listed them, what the cache showed then, and until when the look before counts. */
type PodsSight = {
  readonly pods: Sorted;
  readonly isolatedAt: EpochMs | undefined;
  readonly cached: string;
  readonly goodUntil: EpochMs;
};

const unseen: PodsSight = {
  pods: { moving: [], kept: [], staying: [] },
  isolatedAt: undefined,
  cached: '',
  goodUntil: 0,
};

type PodsSeen =
  | { readonly ok: true; readonly sight: PodsSight }
  | { readonly ok: false; readonly outcome: StepOutcome };

/** The cache, which may be silent, only says when to list again before a second is over. */
async function see(ports: Ports, step: Step, pass: Pass, last: PodsSight): Promise<PodsSeen> {
  const isOld = ports.clock() >= last.goodUntil;
  const look = isOld ? await freshLook(ports, step, 'act') : undefined;
  if (look && !look.ok) return look;
  const cached = cachedView(ports, step);
  if (!isOld && cached === last.cached) return { ok: true, sight: last };
  const goodUntil = isOld ? ports.clock() + lookAgainMs : last.goodUntil;
  const isolatedAt = look ? look.node.isolatedAt : last.isolatedAt;
  const pods = await podsNow(ports, step, sortingOf(step, isolatedAt, pass.latecomers));
  if (!pods.ok) return { ok: false, outcome: unread(pods) };
  return { ok: true, sight: { pods: pods.value, isolatedAt, cached, goodUntil } };
}

function cachedView({ kube }: Ports, { opening }: Step): string {
  const pods = kube.podsOn(opening.node).map(({ uid, deleting }) => `${uid} ${String(deleting)}`);
  return pods.toSorted().join(', ');
}

async function evictAll(
  ports: Ports,
  step: Step,
  { pass, sight }: { readonly pass: Pass; readonly sight: PodsSight },
  pulse: Pulse,
): Promise<StepOutcome | undefined> {
  for (const pod of sight.pods.moving) {
    if (!mayAsk(ports, step, pod, pass)) continue;
    await ports.pace.turn(pulse.signal);
    if (ports.clock() >= sight.goodUntil) return undefined;
    const stopped = await reasonToStop(ports, step);
    if (stopped) return stopped;
    pulse.tell({ left: sight.pods.moving.length });
    const answer = await ports.kube.evict(pod);
    pass.asked.set(pod.uid, { answer, at: ports.clock() });
    const isNew = isLatecomer(pod, sortingOf(step, sight.isolatedAt));
    if (isNew && answer.kind === 'accepted') pass.latecomers.add(ownerOf(pod));
  }
  return undefined;
}

/** A pod that was asked to go is not asked twice in a pass; one that was refused has to be given time. */
function mayAsk({ clock }: Ports, { pods }: Step, pod: PodFacts, { asked }: Pass): boolean {
  if (pod.deleting) return false;
  const last = asked.get(pod.uid);
  if (last?.answer.kind === 'refused')
    return clock() >= last.at + Math.max(patienceMs(1), last.answer.retryAfterMs ?? 0);
  if (last) return false;
  const known = pods?.blockers.find((blocker) => blocker.pod === podName(pod));
  return !known || !pods || !isResting(known, pods, clock());
}

/**
 * Between two evictions a person may have taken the node back. The cache hears of it first; where it says so, or does
 * not know the node as ours, only the API server is believed.
 */
async function reasonToStop(ports: Ports, step: Step): Promise<StepOutcome | undefined> {
  const { node: name, repairId } = step.opening;
  const node = ports.kube.cachedNode(name);
  if (node && isIsolatedBy(node, repairId) && !isHeld(node)) return undefined;
  const look = await freshLook(ports, step, 'act');
  return look.ok ? undefined : look.outcome;
}

function blockersOf(step: Step, pods: Sorted, pass: Pass): readonly Blocker[] {
  const moving = pods.moving.flatMap((pod) => blockerOf(step, pod, pass) ?? []);
  return [...keptBlockers(pods), ...moving].slice(0, mostNamed);
}

function blockerOf({ pods }: Step, pod: PodFacts, { asked }: Pass): Blocker | undefined {
  const name = podName(pod);
  const last = asked.get(pod.uid);
  if (pod.deleting || (last && last.answer.kind !== 'refused'))
    return { pod: name, why: 'terminating' };
  if (last?.answer.kind !== 'refused')
    return pods?.blockers.find((blocker) => blocker.pod === name);
  const { why, detail, budgets, retryAfterMs = 0 } = last.answer;
  const retry = retryAfterMs > patienceMs(1) && { retryAt: last.at + retryAfterMs };
  return { pod: name, why, detail, ...(budgets && { budgets }), ...retry };
}
