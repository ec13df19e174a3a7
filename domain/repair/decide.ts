/** What a repair does next. Total: every state has a command, and every "no" carries its reason (ADR 2). */
import type { EpochMs } from '../vocabulary/time.ts';
import type { EscalationReason } from '../vocabulary/reasons.ts';
import { health } from './health.ts';
import { isStuck, stuckDetail } from './patience.ts';
import { leftText } from './pods.ts';
import type { RepairPolicy, Rung } from './policy.ts';
import { workPhase } from './workPhase.ts';
import type { Attempt, Command, Ending, RepairState } from './types.ts';

/** While it waits for a boot or for evidence, a repair looks by itself this often. */
const lookEveryMs = 20_000;
/** What a preflight saw may have changed after this long. */
const fitForMs = 60_000;

export function decide(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  if (isStuck(state, now)) return handOver(state);
  const command = next(state, policy, now);
  if (command.kind !== 'conclude' || !state.doubtful || state.lost) return command;
  return heldBack(state, now) ?? { kind: 'look' };
}

/** What makes no progress goes to a person; if not even that can be carried out, the repair ends all the same. */
function handOver(state: RepairState): Command {
  if (state.ending?.stuck) return { kind: 'close' };
  const node = isOut(state) ? 'keep' : 'leave';
  const detail = stuckDetail(state);
  return conclude(state, { outcome: 'escalated', reason: 'stuck', node, detail, stuck: true });
}

function next(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  if (state.ending) return heldBack(state, now) ?? carryOut(state);
  const ending = endingByOthers(state) ?? endingByHealth(state) ?? endingByRelapse(state);
  if (ending) return conclude(state, ending);
  const wait = heldBack(state, now);
  if (wait) return wait;
  return state.phase === 'verifying' ? verify(state, policy, now) : work(state, policy, now);
}

/** Ends: undo what is ours, give the permit back, close. */
function carryOut(state: RepairState): Command {
  if (!state.restored && isOut(state)) return { kind: 'restore' };
  if (!state.released) return { kind: 'releasePermit' };
  return { kind: 'close' };
}

function isOut(state: RepairState): boolean {
  return state.isolated || state.doubtful;
}

function endingByOthers(state: RepairState): Ending | undefined {
  const { lost, cancel } = state;
  if (lost?.reason === 'held') return stop(state, 'held', 'held-mid-repair', 'keep');
  if (lost?.reason === 'replaced' || lost?.reason === 'deleted') {
    return { outcome: 'cancelled', reason: lost.reason, node: 'leave', detail: lost.detail };
  }
  if (lost)
    return { outcome: 'taken-over', reason: lost.reason, node: 'leave', detail: lost.detail };
  if (cancel) return stop(state, 'cancel-requested', 'cancelled-mid-repair', 'return');
  return undefined;
}

/** Before the first attempt a person's stop undoes our work; after it the node may never return unverified. */
function stop(
  state: RepairState,
  early: 'held' | 'cancel-requested',
  late: 'held-mid-repair' | 'cancelled-mid-repair',
  node: 'return' | 'keep',
): Ending {
  if (state.attempts > 0) return { outcome: 'escalated', reason: late, node: 'keep' };
  return { outcome: 'cancelled', reason: early, node: state.isolated ? node : 'leave' };
}

/** Healthy again before anything was done: an isolated node has to prove it first. */
function endingByHealth(state: RepairState): Ending | undefined {
  if (state.isolated || health(state) !== 'healthy') return undefined;
  return { outcome: 'recovered', reason: 'healed', node: 'leave' };
}

/** A fault that comes back again and again is not mended by yet another reset: nothing is done, a person is called. */
function endingByRelapse({ relapse, isolated }: RepairState): Ending | undefined {
  if (!relapse?.handOver || isolated) return undefined;
  const detail = `the fault came back after repair ${relapse.repairId}: repair ${relapse.times} of late`;
  return { outcome: 'escalated', reason: relapse.handOver, node: 'leave', detail };
}

function verify(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const { attempt } = state;
  const rung = policy.ladder[state.rung];
  if (!attempt || !rung) return verifyEvidence(state, policy, now);
  if (state.mode === 'observe') {
    return conclude(state, { outcome: 'repaired', reason: 'observe-mode', node: 'return' });
  }
  if (attempt.result === 'rejected') return rejected(state, rung, attempt);
  return proven(state, policy, { rung, attempt }, now);
}

function rejected(state: RepairState, rung: Rung, attempt: Attempt): Command {
  if (attempt.code === 'wrong-machine') return escalate(state, 'wrong-machine', attempt.detail);
  return giveUp(state, rung, 'rejected-by-driver');
}

type Tried = { readonly rung: Rung; readonly attempt: Attempt };

/** What an attempt did is told by the proof that its rung declares, whatever its call answered (ADR 9). */
function proven(
  state: RepairState,
  policy: RepairPolicy,
  { rung, attempt }: Tried,
  now: EpochMs,
): Command {
  switch (rung.proof ?? 'boot') {
    case 'boot':
      if (state.bootId !== attempt.bootIdBefore) return verifyEvidence(state, policy, now);
      return awaitBoot(state, { rung, windowEndsAt: attempt.endedAt + rung.bootWindowMs }, now);
    case 'report':
      return verifyEvidence(state, policy, now);
    case 'resource':
    case 'person':
      return awaitWord(state, attempt.endedAt + rung.verification.timeoutMs, now);
  }
}

function verifyEvidence(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const { healthySince } = state;
  if (healthySince !== undefined) return soak(state, healthySince + soakMs(state, policy), now);
  const since = latest(state.verifyingSince, state.bootSeenAt);
  const endsAt = since + evidenceTimeoutMs(state, policy);
  if (now < endsAt) return watchUntil(state, 'evidence', endsAt, now);
  if (latest(state.lookedAt) < endsAt) return { kind: 'look' };
  const rung = policy.ladder[state.rung];
  if (rung && health(state) === 'faulty') return giveUp(state, rung, 'still-faulty');
  return escalate(state, 'verification-timed-out');
}

function soak(state: RepairState, soakedAt: EpochMs, now: EpochMs): Command {
  if (now < soakedAt) return { kind: 'wait', reason: 'soak', until: soakedAt };
  const outcome = state.attempts > 0 ? 'repaired' : 'recovered';
  return conclude(state, { outcome, reason: 'healed', node: 'return' });
}

/** What a rung asks for after its attempt; without one the policy's own soak time is enough. */
function soakMs(state: RepairState, policy: RepairPolicy): number {
  const rung = state.attempt && policy.ladder[state.rung];
  return rung?.verification.soakMs ?? policy.soakMs;
}

/** The boot window resolves what a call's answer could not: only a new boot ID proves that the machine restarted (ADR 9). */
function awaitBoot(
  state: RepairState,
  { rung, windowEndsAt }: { readonly rung: Rung; readonly windowEndsAt: EpochMs },
  now: EpochMs,
): Command {
  if (now < windowEndsAt) return watchUntil(state, 'boot', windowEndsAt, now);
  if (latest(state.lookedAt) < windowEndsAt) return { kind: 'look' };
  return giveUp(state, rung, 'boot-window-over');
}

function giveUp(
  state: RepairState,
  rung: Rung,
  reason: 'rejected-by-driver' | 'boot-window-over' | 'still-faulty',
): Command {
  const spent = state.spent + 1;
  const then =
    spent < rung.attempts
      ? { nextRung: state.rung, nextSpent: spent }
      : { nextRung: state.rung + 1, nextSpent: 0 };
  return { kind: 'giveUpAttempt', reason, ...then };
}

/** No event brings these proofs yet, and health is none of them: at the end of the time a person has to look. */
function awaitWord(state: RepairState, endsAt: EpochMs, now: EpochMs): Command {
  if (now < endsAt) return watchUntil(state, 'evidence', endsAt, now);
  return escalate(state, 'verification-timed-out');
}

function work(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  if (health(state) === 'unknown') return waitForEvidence(state, policy, now);
  const phase = workPhase(state);
  if (phase === 'isolating') return isolate(state, policy, now);
  if (!state.permit) return { kind: 'requestPermit' };
  switch (phase) {
    case 'tagging':
      return { kind: 'tagPods' };
    case 'migrating':
      return migrate(state, policy, now);
    case 'repairing':
      return climb(state, policy, now);
  }
}

/** Not knowing permits neither an act nor a return; after the time-out a person has to look. */
function waitForEvidence(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const until = latest(state.unknownSince) + evidenceTimeoutMs(state, policy);
  if (now < until) return watchUntil(state, 'unknown-health', until, now);
  return escalate(state, 'verification-timed-out');
}

function evidenceTimeoutMs(state: RepairState, policy: RepairPolicy): number {
  const rung = policy.ladder[Math.min(state.rung, policy.ladder.length - 1)];
  return rung?.verification.timeoutMs ?? policy.soakMs;
}

/** Waits, but looks in between: liveness must not hang on signals alone. */
function watchUntil(
  state: RepairState,
  reason: 'boot' | 'evidence' | 'unknown-health',
  until: EpochMs,
  now: EpochMs,
): Command {
  const lookAt = latest(state.lookedAt, state.verifyingSince, state.unknownSince) + lookEveryMs;
  if (now >= lookAt) return { kind: 'look' };
  return { kind: 'wait', reason, until: Math.min(until, lookAt) };
}

/** Nothing is isolated before it is known that the next rung can be tried; a policy without rungs only isolates. */
function isolate(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const { unfit, untried, permit, fitAt = 0 } = state;
  const rung = policy.ladder[state.rung];
  if (unfit) return escalate(state, unfit.reason, unfit.detail);
  if (rung && untried) return untilAsked(state, rung, now) ?? { kind: 'preflight' };
  if (!permit) return { kind: 'requestPermit' };
  return rung && now >= fitAt + fitForMs ? { kind: 'preflight' } : { kind: 'isolate' };
}

function migrate(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const deadlineAt = latest(state.migratingSince) + policy.migration.timeoutMs;
  if (now < deadlineAt) return { kind: 'migrate', deadlineAt };
  const { onTimeout } = policy.migration;
  if (onTimeout === 'by-kubelet' && latest(state.lookedAt) < deadlineAt) return { kind: 'look' };
  const isDead = onTimeout === 'by-kubelet' && !state.ready;
  if (onTimeout === 'continue' || isDead) return leavingPods(climb(state, policy, now));
  const { pods } = state;
  const detail = pods.blockers.length > 0 ? leftText(pods) : undefined;
  return escalate(state, 'migration-timed-out', detail);
}

/** The latest of the moments that are known. */
function latest(...moments: readonly (EpochMs | undefined)[]): EpochMs {
  return Math.max(0, ...moments.filter((moment) => moment !== undefined));
}

function leavingPods(command: Command): Command {
  return command.kind === 'runRung' ? { ...command, leavesPods: true } : command;
}

function climb(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const rung = policy.ladder[state.rung];
  if (!rung) return escalate(state, 'ladder-exhausted');
  const command = { kind: 'runRung', rung: state.rung, attempt: state.spent + 1 } as const;
  return untilAsked(state, rung, now) ?? command;
}

/** While its machine cannot be asked, the same attempt waits. Every rung would ask the same machine, so none follows. */
function untilAsked(state: RepairState, rung: Rung, now: EpochMs): Command | undefined {
  const { untried } = state;
  if (!untried) return undefined;
  const endsAt = untried.since + rung.tryWindowMs;
  if (now >= endsAt) return escalate(state, 'bmc-unavailable', untried.detail);
  const until = Math.min(untried.tryAgainAt, endsAt);
  return now < until ? { kind: 'wait', reason: 'bmc-unavailable', until } : undefined;
}

/** A person has to go on, and finds the node as the repair left it. */
function escalate(state: RepairState, reason: EscalationReason, detail?: string): Command {
  const node = state.isolated ? 'keep' : 'leave';
  return conclude(state, { outcome: 'escalated', reason, node, ...(detail && { detail }) });
}

/** Observe mode may end like any repair, but must not claim that anything was done. */
function conclude(state: RepairState, ending: Ending): Command {
  if (state.mode === 'act' || ending.outcome === 'cancelled')
    return { kind: 'conclude', ...ending };
  const detail = `would have ended as ${ending.outcome} (${ending.reason})`;
  return {
    kind: 'conclude',
    outcome: 'observed',
    reason: 'observe-mode',
    node: ending.node,
    detail,
    ...(ending.stuck && { stuck: true }),
  };
}

/** What was refused, or failed, is tried again when its time has come; endings by others and by health do not wait. */
function heldBack({ refused }: RepairState, now: EpochMs): Command | undefined {
  if (!refused || now >= refused.lookAgainAt) return undefined;
  return { kind: 'wait', reason: refused.reason, until: refused.lookAgainAt };
}
