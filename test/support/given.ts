/** Given these events, when it is now, then the repair does this. */
import { expect } from 'vitest';
import { decide } from '../../domain/repair/decide.ts';
import { fold } from '../../domain/repair/evolve.ts';
import type { RepairPolicy, Rung } from '../../domain/repair/policy.ts';
import type {
  CheckReport,
  Command,
  Finding,
  LossReason,
  RepairEvent,
  RepairOpening,
  RepairState,
  Unstamped,
} from '../../domain/repair/types.ts';
import { faultEvent, sampleNode } from './samples.ts';

export const second = 1000;
export const minute = 60 * second;

const openedAt = 1_790_000_000_000;

export const fault = faultEvent();
export const { bootId: firstBoot } = fault;
export const nextBoot = 'boot-2';
export const repairId = 'r-abcdefghij234567abcd';

export const granted = after(1, { kind: 'permitGranted', out: 0, limit: 2, fit: true });
export const isolated = after(2, { kind: 'isolated' });
export const tagged = after(3, { kind: 'podsTagged', pods: 4 });
export const moved = after(4, { kind: 'podsMoved' });

/** Up to each point of the usual way. */
export const untilIsolated = [granted, isolated];
export const untilMoved = [granted, isolated, tagged, moved];
export const untilAttempted = [...untilMoved, attempted()];
export const untilWell = [
  ...untilAttempted,
  rebooted(40),
  healthy(50, { bootId: nextBoot, sequence: 3 }),
];

export function cancel(seconds: number): RepairEvent {
  return after(seconds, {
    kind: 'cancelRequested',
    by: { name: 'ada', reason: 'my node' },
    requestId: 'c-1',
  });
}

type Attempted = Extract<RepairEvent, { kind: 'attempted' }>;

/** The first attempt of the first rung, ten seconds after the opening, unless something else is said. */
export function attempted(changes: Partial<Attempted> = {}): RepairEvent {
  return {
    kind: 'attempted',
    at: at(10),
    rung: 0,
    number: 1,
    startedAt: at(5),
    bootIdBefore: firstBoot,
    result: 'done',
    detail: 'the BMC accepted the reset',
    evidenceAfter: 1,
    ...changes,
  };
}

export function healthy(seconds: number, changes: Partial<CheckReport> = {}): RepairEvent {
  return after(seconds, { kind: 'reported', report: report({ verdict: 'healthy', ...changes }) });
}

export function report(changes: Partial<CheckReport> = {}): CheckReport {
  const { check, observer } = fault;
  const counter = changes.sequence ?? 2;
  return {
    check,
    observer,
    verdict: 'faulty',
    bootId: firstBoot,
    counter,
    sequence: 2,
    ...changes,
  };
}

export function rebooted(seconds: number, ready = true): RepairEvent {
  return after(seconds, { kind: 'rebooted', bootId: nextBoot, ready });
}

export function lost(seconds: number, reason: LossReason): RepairEvent {
  return after(seconds, { kind: 'lost', reason, detail: `found ${reason}` });
}

export function ended(
  outcome: 'repaired' | 'recovered' | 'cancelled' | 'escalated',
  reason: 'healed' | 'cancel-requested' | 'held',
  node: 'return' | 'keep' | 'leave',
): RepairEvent {
  return after(60, { kind: 'concluded', ending: { outcome, reason, node } });
}

export function spent(seconds: number, nextRung: number, nextSpent: number): RepairEvent {
  return after(seconds, { kind: 'attemptSpent', reason: 'still-faulty', nextRung, nextSpent });
}

export function lookedInNextBoot(seconds: number): RepairEvent {
  return after(seconds, { kind: 'looked', finding: finding({ bootId: nextBoot }) });
}

/** An event so many seconds after the opening. */
export function after(seconds: number, event: Unstamped<RepairEvent>): RepairEvent {
  return { ...event, at: at(seconds) };
}

export function finding(changes: Partial<Finding> = {}): Finding {
  return { bootId: firstBoot, ready: true, isolated: true, reports: [], ...changes };
}

type Asked = { readonly decides: (command: Command) => void };
type Given = { readonly state: RepairState; readonly when: (seconds: number) => Asked };

/** The state after these events; `when` counts seconds from the opening. */
export function given(events: readonly RepairEvent[], changes: Partial<RepairOpening> = {}): Given {
  const opened = opening(changes);
  const state = fold(opened, events);
  return {
    state,
    when: (seconds) => ({
      decides: (command) => expect(decide(state, opened.policy, at(seconds))).toEqual(command),
    }),
  };
}

export function opening(changes: Partial<RepairOpening> = {}): RepairOpening {
  return {
    repairId,
    cluster: fault.cluster,
    node: sampleNode,
    nodeUid: fault.nodeUid,
    mode: 'act',
    openedAt,
    fault,
    sequence: 1,
    policy: policy(),
    codeVersion: 'test',
    ...changes,
  };
}

export function policy(changes: Partial<RepairPolicy> = {}): RepairPolicy {
  return {
    name: 'kernel',
    checks: [fault.check],
    conditions: [],
    holdDownMs: minute,
    soakMs: minute,
    touch: { controlPlane: false, cordonedByOther: false, disruptedByAutoscaler: false },
    guard: {
      maxUnavailablePercent: 10,
      maxUnavailableNodes: 10,
      allowControlPlane: false,
      allowSmallClusters: false,
    },
    migration: { timeoutMs: 60 * minute, onTimeout: 'escalate' },
    relapse: { windowMs: 30 * minute, escalateAfter: 3, withinMs: 24 * 60 * minute },
    ladder: [rung(), rung({ name: 'power-cycle', action: 'PowerCycle', attempts: 1 })],
    ...changes,
  };
}

export function rung(changes: Partial<Rung> = {}): Rung {
  return {
    name: 'reboot',
    driver: 'redfish',
    action: 'ForceRestart',
    attempts: 2,
    callTimeoutMs: 30 * second,
    tryWindowMs: 10 * minute,
    bootWindowMs: 5 * minute,
    verification: { timeoutMs: 10 * minute, soakMs: 2 * minute },
    ...changes,
  };
}

/** So many seconds after the repair opened. */
export function at(seconds: number): number {
  return openedAt + seconds * second;
}
