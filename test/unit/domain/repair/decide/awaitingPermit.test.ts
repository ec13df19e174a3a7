/** What a repair decides while it waits for its permit. */
import { describe, expect, test } from 'vitest';
import {
  after,
  at,
  cancel,
  firstBoot,
  given,
  healthy,
  minute,
  second,
} from '../../../../support/given.ts';
import { faultEvent } from '../../../../support/samples.ts';

describe('the usual way', () => {
  test('asks for a permit first', () => {
    given([]).when(0).decides({ kind: 'requestPermit' });
  });
});

describe('a node that heals by itself', () => {
  test('is not kept waiting by a full budget', () => {
    const refused = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 2, limit: 2 });
    given([refused, healthy(2)])
      .when(2)
      .decides({ kind: 'conclude', outcome: 'recovered', reason: 'healed', node: 'leave' });
  });

  test('unless its kubelet is not ready: then nobody knows', () => {
    given([after(1, { kind: 'rebooted', bootId: firstBoot, ready: false }), healthy(2)])
      .when(3)
      .decides({ kind: 'wait', reason: 'unknown-health', until: at(22) });
  });
});

describe('not knowing', () => {
  test('opened by an unknown report, it counts from the opening', () => {
    const opened = { ...given([]).state };
    expect(opened.unknownSince).toBeUndefined();
    const fault = faultEvent({ verdict: 'unknown' });
    given([], { fault }).when(600).decides({
      kind: 'conclude',
      outcome: 'escalated',
      reason: 'verification-timed-out',
      node: 'leave',
    });
  });
});

describe('refusals', () => {
  test('are tried again when their time has come, and not before', () => {
    const refused = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 2, limit: 2 });
    const { state, when } = given([refused]);
    const until = state.refused?.lookAgainAt ?? 0;
    expect(until).toBeGreaterThanOrEqual(at(1) + 4 * minute);
    expect(until).toBeLessThanOrEqual(at(1) + 5 * minute);
    when(2).decides({ kind: 'wait', reason: 'budget-full', until });
    when((until - at(0)) / second).decides({ kind: 'requestPermit' });
  });

  test('are forgotten when somebody says look again', () => {
    const refused = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 2, limit: 2 });
    given([refused, after(2, { kind: 'lookAgain', because: 'a permit is free' })])
      .when(2)
      .decides({ kind: 'requestPermit' });
  });
});

describe('people', () => {
  test('cancel without waiting for a refusal to pass', () => {
    const refused = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 2, limit: 2 });
    given([refused, cancel(2)])
      .when(2)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'leave',
      });
  });
});

describe('a fault that came back', () => {
  const relapse = { repairId: 'r-before', times: 3, firstRung: 1 };

  test('too often is handed over with nothing done', () => {
    given([], { relapse: { ...relapse, handOver: 'relapsed' } })
      .when(1)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'relapsed',
        node: 'leave',
        detail: 'the fault came back after repair r-before: repair 3 of late',
      });
  });
});
