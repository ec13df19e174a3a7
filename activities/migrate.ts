/** Evicts the node's pods through the eviction API, paced, until none is left or a budget blocks the rest. */
import { isHeld, isIsolatedBy } from '../domain/marks.ts';
import type { PodFacts } from '../domain/node.ts';
import { movable, podName } from '../domain/repair/pods.ts';
import type { Blocker } from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary.ts';
import { freshLook, unread } from './freshLook.ts';
import type { Evicted, Ports, Read } from './ports.ts';
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
/** A pass lasts while budgets let one pod after the other go; what it rests on must not be older than this. */
const lookAgainMs = 1_000;

export async function migrate(ports: Ports, step: Step, pulse: Pulse): Promise<StepOutcome> {
  let progress = { left: Number.POSITIVE_INFINITY, at: ports.clock() };
  let goodUntil = 0;
  for (;;) {
    if (ports.clock() >= goodUntil) {
      const look = await freshLook(ports, step, 'act');
      if (!look.ok) return look.outcome;
      goodUntil = ports.clock() + lookAgainMs;
    }
    const listed = await podsLeft(ports, step);
    if (!listed.ok) return unread(listed);
    const pods = listed.value;
    if (pods.length === 0) return { kind: 'podsMoved' };
    const blockers = await evictAll(ports, step, { pods, goodUntil }, pulse);
    if (pods.length < progress.left) progress = { left: pods.length, at: ports.clock() };
    pulse.tell({ left: pods.length, blockers });
    if (ports.clock() - progress.at > stallMs)
      return { kind: 'podsLeft', left: pods.length, blockers };
    await pulse.sleep(lookEveryMs);
  }
}

/** The cache says who is left; that nobody is, only the API server itself can say. */
async function podsLeft({ kube }: Ports, { opening }: Step): Promise<Read<readonly PodFacts[]>> {
  const cached = movable(kube.podsOn(opening.node));
  if (cached.length > 0) return { ok: true, value: cached };
  const listed = await kube.listPods(opening.node);
  return listed.ok ? { ok: true, value: movable(listed.value) } : listed;
}

type Pass = {
  readonly pods: readonly PodFacts[];
  readonly goodUntil: EpochMs;
};

async function evictAll(
  ports: Ports,
  step: Step,
  { pods, goodUntil }: Pass,
  pulse: Pulse,
): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = [];
  for (const pod of pods.filter(({ deleting }) => !deleting)) {
    await ports.pace.turn(pulse.signal);
    if (ports.clock() >= goodUntil || !mayEvict(ports, step)) return blockers;
    pulse.tell({ left: pods.length, blockers });
    const answer = await ports.kube.evict(pod);
    const blocker = blockerOf(pod, answer);
    if (blocker) blockers.push(blocker);
  }
  return blockers;
}

/** Between two evictions a person may have taken the node back. */
function mayEvict(ports: Ports, { opening }: Step): boolean {
  const node = ports.kube.cachedNode(opening.node);
  return node !== undefined && isIsolatedBy(node, opening.repairId) && !isHeld(node);
}

function blockerOf(pod: PodFacts, answer: Evicted): Blocker | undefined {
  const name = podName(pod);
  if (answer.kind === 'blocked') return { pod: name, budgets: answer.budgets };
  return answer.kind === 'later' ? { pod: name, budgets: [answer.why] } : undefined;
}
