/** What a repair does next. Total: every state has a command, and every "no" carries its reason (DESIGN 7). */
import type { EpochMs } from '../vocabulary.ts';
import { health } from './health.ts';
import type { RepairPolicy, Rung } from './policy.ts';
import type { Attempt, Command, Ending, RepairState } from './types.ts';

/** While it waits for a boot or for evidence, a repair looks by itself this often. */
const lookEveryMs = 20_000;

export function decide(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  if (state.ending) return carryOut(state);
  const ending = endingByOthers(state);
  if (ending) return conclude(state, ending);
  if (state.refused && now < state.refused.lookAgainAt) {
    return { kind: 'wait', reason: state.refused.reason, until: state.refused.lookAgainAt };
  }
  return state.phase === 'verifying' ? verify(state, policy, now) : work(state, policy, now);
}

/** Ends: undo what is ours, give the permit back, close. */
function carryOut(state: RepairState): Command {
  if (!state.restored && (state.isolated || state.pods.tagged)) return { kind: 'restore' };
  if (!state.released) return { kind: 'releasePermit' };
  return { kind: 'close' };
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
  };
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

function work(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const verdict = health(state);
  if (verdict === 'healthy') {
    return conclude(state, { outcome: 'recovered', reason: 'healed', node: 'leave' });
  }
  if (verdict === 'unknown') return waitForEvidence(state, policy, now);
  if (!state.permit) return { kind: 'requestPermit' };
  if (!state.isolated) return { kind: 'isolate' };
  if (!state.pods.tagged) return { kind: 'tagPods' };
  return state.pods.moved ? climb(state, policy) : migrate(state, policy, now);
}

/** Not knowing permits neither an act nor a return; after the time-out a person has to look. */
function waitForEvidence(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const until = (state.unknownSince ?? now) + evidenceTimeoutMs(state, policy);
  if (now < until) return watchUntil(state, 'unknown-health', until, now);
  const node = state.isolated ? 'keep' : 'leave';
  return conclude(state, { outcome: 'escalated', reason: 'verification-timed-out', node });
}

function migrate(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const deadlineAt = (state.migratingSince ?? now) + policy.migration.timeoutMs;
  if (now < deadlineAt) return { kind: 'migrate', deadlineAt };
  if (policy.migration.onTimeout === 'continue') return climb(state, policy);
  return conclude(state, { outcome: 'escalated', reason: 'migration-timed-out', node: 'keep' });
}

function climb(state: RepairState, policy: RepairPolicy): Command {
  if (state.rung < policy.ladder.length) {
    return { kind: 'runRung', rung: state.rung, attempt: state.spent + 1 };
  }
  return conclude(state, { outcome: 'escalated', reason: 'ladder-exhausted', node: 'keep' });
}

function verify(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const rung = policy.ladder[state.rung];
  if (!state.attempt || !rung) return verifyEvidence(state, policy, now);
  if (state.mode === 'observe') {
    return conclude(state, { outcome: 'repaired', reason: 'observe-mode', node: 'return' });
  }
  if (state.attempt.result === 'rejected') return rejected(state, rung, state.attempt);
  if (rung.driver === 'ticket') {
    const detail = state.attempt.detail;
    return conclude(state, {
      outcome: 'escalated',
      reason: 'ladder-exhausted',
      node: 'keep',
      detail,
    });
  }
  if (state.bootId !== state.attempt.bootIdBefore) return verifyEvidence(state, policy, now);
  return awaitBoot(state, rung, now);
}

function rejected(state: RepairState, rung: Rung, attempt: Attempt): Command {
  if (attempt.code !== 'wrong-machine') return giveUp(state, rung, 'rejected-by-driver');
  const { detail } = attempt;
  return conclude(state, { outcome: 'escalated', reason: 'wrong-machine', node: 'keep', detail });
}

/** The boot window resolves what a call's answer could not: only a new boot ID proves a reset (DESIGN 7). */
function awaitBoot(state: RepairState, rung: Rung, now: EpochMs): Command {
  const windowEndsAt = (state.attempt?.endedAt ?? now) + rung.bootWindowMs;
  if (now < windowEndsAt) return watchUntil(state, 'boot', windowEndsAt, now);
  if ((state.lookedAt ?? 0) < windowEndsAt) return { kind: 'look' };
  return giveUp(state, rung, 'boot-window-over');
}

function verifyEvidence(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const since = Math.max(state.verifyingSince ?? now, state.bootSeenAt ?? 0);
  const endsAt = since + evidenceTimeoutMs(state, policy);
  if (state.healthySince !== undefined) return soak(state, policy, now);
  if (now < endsAt) return watchUntil(state, 'evidence', endsAt, now);
  if ((state.lookedAt ?? 0) < endsAt) return { kind: 'look' };
  const rung = policy.ladder[state.rung];
  if (state.attempt && rung && health(state) === 'faulty')
    return giveUp(state, rung, 'still-faulty');
  return conclude(state, { outcome: 'escalated', reason: 'verification-timed-out', node: 'keep' });
}

function soak(state: RepairState, policy: RepairPolicy, now: EpochMs): Command {
  const soakMs = state.attempt
    ? (policy.ladder[state.rung]?.verification.soakMs ?? policy.soakMs)
    : policy.soakMs;
  const soakedAt = (state.healthySince ?? now) + soakMs;
  if (now < soakedAt) return { kind: 'wait', reason: 'soak', until: soakedAt };
  const outcome = state.attempts > 0 ? 'repaired' : 'recovered';
  return conclude(state, { outcome, reason: 'healed', node: 'return' });
}

function giveUp(
  state: RepairState,
  rung: Rung,
  reason: 'rejected-by-driver' | 'boot-window-over' | 'still-faulty',
): Command {
  const spent = state.spent + 1;
  const another = spent < rung.attempts;
  return {
    kind: 'giveUpAttempt',
    reason,
    nextRung: another ? state.rung : state.rung + 1,
    nextSpent: another ? spent : 0,
  };
}

/** Waits, but looks in between: liveness must not hang on signals alone. */
function watchUntil(
  state: RepairState,
  reason: 'boot' | 'evidence' | 'unknown-health',
  until: EpochMs,
  now: EpochMs,
): Command {
  const since = Math.max(state.lookedAt ?? 0, state.verifyingSince ?? 0, state.unknownSince ?? 0);
  const lookAt = since + lookEveryMs;
  if (since > 0 && now >= lookAt) return { kind: 'look' };
  return { kind: 'wait', reason, until: Math.min(until, since > 0 ? lookAt : now + lookEveryMs) };
}

function evidenceTimeoutMs(state: RepairState, policy: RepairPolicy): number {
  const rung = policy.ladder[Math.min(state.rung, policy.ladder.length - 1)];
  return rung?.verification.timeoutMs ?? policy.soakMs;
}
