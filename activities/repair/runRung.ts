/** One attempt of one rung: journal it, look, act once before the deadline, and say what is known of the effect. */
import type { NodeFacts } from '../../domain/node.ts';
import { sharersOf } from '../../domain/machine/identity.ts';
import { podName } from '../../domain/repair/pods.ts';
import { unsaid } from '../../domain/repair/sorting.ts';
import type { Rung } from '../../domain/repair/policy.ts';
import type { Finding } from '../../domain/repair/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { NotTried } from '../../drivers/port.ts';
import { freshLook, unread } from '../freshLook.ts';
import { podsNow, sortingOf, stayingIn } from '../podsNow.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { Done, StepOutcome } from '../step.ts';

export type RungOrder = {
  readonly rung: number;
  readonly attempt: number;
  /** Whatever pods are left, the policy goes on. */
  readonly leavesPods?: true;
};

/** Never throws after the driver was asked: an error from there on is an unknown effect. */
export async function runRung(
  ports: Ports,
  step: Step,
  order: RungOrder,
  signal: AbortSignal,
): Promise<Done> {
  const startedAt = ports.clock();
  const journaled = await ports.hub.publishJournal(step.pending);
  if (!journaled.ok) return { outcome: notJournaled, recordedThrough: -1 };
  const outcome = await attemptOnce(ports, step, { ...order, startedAt }, signal);
  const last = step.pending.at(-1)?.sequence ?? -1;
  return { outcome, recordedThrough: last };
}

async function attemptOnce(
  ports: Ports,
  step: Step,
  order: RungOrder & { readonly startedAt: EpochMs },
  signal: AbortSignal,
): Promise<StepOutcome> {
  const ladderRung = step.opening.policy.ladder[order.rung];
  if (!ladderRung) throw new Error(`the ladder has no rung ${order.rung}`);
  const [look, nodes] = await Promise.all([freshLook(ports, step, 'act'), ports.kube.allNodes()]);
  if (!look.ok) return look.outcome;
  if (!nodes.ok) return unread(nodes);
  const sharers = sharersOf(look.node, nodes.value);
  const found = order.leavesPods ? undefined : await podsFound(ports, step, look.node);
  return found ?? act(ports, step, { ...order, ladderRung, look, sharers }, signal);
}

/** Empty is proved right before the act: a cache may have been silent, or a pod bound since. What stays is said before. */
async function podsFound(
  ports: Ports,
  step: Step,
  { isolatedAt }: NodeFacts,
): Promise<StepOutcome | undefined> {
  const sorted = await podsNow(ports, step, sortingOf(step, isolatedAt));
  if (!sorted.ok) return unread(sorted);
  const { moving, kept, staying } = sorted.value;
  const found = [...moving, ...kept.map(({ pod }) => pod)];
  if (found.length === 0 && unsaid(staying, step.pods?.staying ?? []).length === 0)
    return undefined;
  const pods = found.slice(0, mostNamed).map(podName);
  return { kind: 'podsFound', left: found.length, pods, ...stayingIn(sorted.value) };
}

/** As many as a person reads; a journal entry has to stay small. */
const mostNamed = 20;

const notJournaled: StepOutcome = {
  kind: 'refused',
  reason: 'journal-unavailable',
  detail: 'the attempt could not be journaled, so it was not made',
};

type StartedAttempt = RungOrder & {
  readonly ladderRung: Rung;
  readonly startedAt: EpochMs;
  readonly sharers: readonly string[];
  readonly look: { readonly node: NodeFacts; readonly finding: Finding };
};

async function act(
  ports: Ports,
  step: Step,
  { rung, attempt, ladderRung, startedAt, look, sharers }: StartedAttempt,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { opening } = step;
  const driver = ports.drivers[ladderRung.driver];
  const request = {
    repairId: opening.repairId,
    cluster: opening.cluster,
    attempt,
    rung: ladderRung,
    node: look.node,
    sharers,
    fault: opening.fault,
    deadlineAt: startedAt + ladderRung.callTimeoutMs,
  };
  const missing = {
    result: 'rejected',
    detail: `no driver "${ladderRung.driver}" is configured`,
  } as const;
  const objection = await begin(ports, step);
  if (objection) return objection;
  const answer = driver ? await driver.run(request, signal) : missing;
  if (answer.result === 'not-tried') return notTried({ rung, attempt }, answer);
  const evidenceAfter = Math.max(0, ...look.finding.reports.map((report) => report.sequence));
  const bootIdBefore = look.node.bootId;
  const made = { rung, number: attempt, startedAt, bootIdBefore, evidenceAfter };
  return { kind: 'attempted', ...made, ...answer };
}

/**
 * Temporal's reset runs a repair again from some point: the node's record knows each attempt that was begun. Throws where
 * another run may have made this one, since its effect is unknown then.
 */
async function begin({ hub }: Ports, { opening, pending }: Step): Promise<StepOutcome | undefined> {
  const { node, repairId } = opening;
  const begun = await hub.beginAttempt(node, { repairId, sequence: pending.at(-1)?.sequence ?? 0 });
  if (!begun.ok) return unread(begun);
  if (begun.value === 'begun-before')
    throw new Error('an earlier run of this repair may have made this attempt');
  const detail = "the node's record does not name this repair as open";
  return begun.value === 'new' ? undefined : { kind: 'refused', reason: 'superseded', detail };
}

function notTried({ rung, attempt }: RungOrder, { detail, retryAfterMs }: NotTried): StepOutcome {
  const told = { rung, number: attempt, detail };
  return { kind: 'notTried', ...told, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
