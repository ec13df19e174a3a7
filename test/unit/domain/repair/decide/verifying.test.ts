/** What a repair decides after an attempt, or while a node that is well again soaks. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../../../../domain/repair/decide.ts';
import {
  after,
  at,
  attempted,
  cancel,
  finding,
  given,
  healthy,
  lookedInNextBoot,
  nextBoot,
  policy,
  rebooted,
  report,
  spent,
  tagged,
  untilAttempted,
  untilIsolated,
  untilMoved,
  untilWell,
} from '../../../../support/given.ts';

describe('the usual way', () => {
  test('waits for the machine to come back, looking every 20 s', () => {
    const { when } = given(untilAttempted);
    when(11).decides({ kind: 'wait', reason: 'boot', until: at(30) });
    when(30).decides({ kind: 'look' });
  });

  test('waits for evidence of the new boot', () => {
    const { when } = given([...untilAttempted, rebooted(40, false)]);
    when(41).decides({ kind: 'look' });
    given([
      ...untilAttempted,
      rebooted(40),
      after(41, { kind: 'looked', finding: finding({ bootId: nextBoot }) }),
    ])
      .when(42)
      .decides({ kind: 'wait', reason: 'evidence', until: at(61) });
  });

  test('soaks, then returns as repaired', () => {
    const { when } = given(untilWell);
    when(51).decides({ kind: 'wait', reason: 'soak', until: at(170) });
    when(170).decides({ kind: 'conclude', outcome: 'repaired', reason: 'healed', node: 'return' });
  });
});

describe('a node that heals by itself', () => {
  test('while isolated: soaks by the policy, then returns as recovered', () => {
    const { when } = given([...untilIsolated, tagged, healthy(10)]);
    when(11).decides({ kind: 'wait', reason: 'soak', until: at(70) });
    when(70).decides({ kind: 'conclude', outcome: 'recovered', reason: 'healed', node: 'return' });
  });

  test('while isolated and paused: soaks at once', () => {
    const paused = after(5, { kind: 'refused', reason: 'paused', detail: 'Slipway is paused' });
    given([...untilIsolated, paused, healthy(10)])
      .when(11)
      .decides({ kind: 'wait', reason: 'soak', until: at(70) });
  });

  test('between two attempts: returns after the soak of the policy, as repaired', () => {
    given([...untilAttempted, spent(400, 0, 1), healthy(401)])
      .when(461)
      .decides({ kind: 'conclude', outcome: 'repaired', reason: 'healed', node: 'return' });
  });
});

describe('a ladder', () => {
  test('gives an attempt up whose machine has not rebooted within the window, after one last look', () => {
    const { when } = given(untilAttempted);
    when(309).decides({ kind: 'look' });
    const looked = after(310, { kind: 'looked', finding: finding() });
    given([...untilAttempted, looked])
      .when(310)
      .decides({ kind: 'giveUpAttempt', reason: 'boot-window-over', nextRung: 0, nextSpent: 1 });
  });

  test('waits no longer than the window', () => {
    const early = after(309, { kind: 'looked', finding: finding() });
    given([...untilAttempted, early])
      .when(309)
      .decides({ kind: 'wait', reason: 'boot', until: at(310) });
    given([...untilAttempted, early])
      .when(310)
      .decides({ kind: 'look' });
  });

  test('gives an attempt up that left the node faulty, after one last look', () => {
    const faulty = [
      ...untilAttempted,
      rebooted(40),
      after(50, { kind: 'reported', report: report({ bootId: nextBoot, sequence: 3 }) }),
    ];
    given([...faulty, lookedInNextBoot(639)])
      .when(639)
      .decides({ kind: 'wait', reason: 'evidence', until: at(640) });
    given([...faulty, lookedInNextBoot(639)])
      .when(640)
      .decides({ kind: 'look' });
    given([...faulty, lookedInNextBoot(640)])
      .when(640)
      .decides({ kind: 'giveUpAttempt', reason: 'still-faulty', nextRung: 0, nextSpent: 1 });
  });

  test('escalates when the new boot stays silent', () => {
    const looked = after(640, { kind: 'looked', finding: finding({ bootId: nextBoot }) });
    given([...untilAttempted, rebooted(40), looked])
      .when(640)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'verification-timed-out',
        node: 'keep',
      });
  });

  test('sees the reboot whose news came before the answer of the call', () => {
    const early = [...untilMoved, rebooted(8), attempted({ result: 'unknown' })];
    given([...early, healthy(50, { bootId: nextBoot, sequence: 3 })])
      .when(51)
      .decides({ kind: 'wait', reason: 'soak', until: at(170) });
  });

  test('goes on after a rejection without waiting for a boot', () => {
    given([...untilMoved, attempted({ result: 'rejected' })])
      .when(10)
      .decides({ kind: 'giveUpAttempt', reason: 'rejected-by-driver', nextRung: 0, nextSpent: 1 });
  });

  test('stops for the wrong machine', () => {
    const detail = 'the BMC answers for another system';
    given([...untilMoved, attempted({ result: 'rejected', code: 'wrong-machine', detail })])
      .when(10)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'wrong-machine',
        node: 'keep',
        detail,
      });
  });

  test('asked with a shorter ladder, an attempt still counts its evidence', () => {
    const { state } = given(untilWell);
    expect(decide(state, policy({ ladder: [] }), at(51))).toEqual({
      kind: 'wait',
      reason: 'soak',
      until: at(110),
    });
  });

  test('asked with a shorter ladder, a faulty node goes to a person', () => {
    const looked = after(900, { kind: 'looked', finding: finding({ bootId: nextBoot }) });
    const faulty = after(50, {
      kind: 'reported',
      report: report({ bootId: nextBoot, sequence: 3 }),
    });
    const { state } = given([...untilAttempted, rebooted(40), faulty, looked]);
    expect(decide(state, policy({ ladder: [] }), at(900))).toEqual({
      kind: 'conclude',
      outcome: 'escalated',
      reason: 'verification-timed-out',
      node: 'keep',
    });
  });
});

describe('people', () => {
  test.each([
    { where: 'waiting for the boot', events: untilAttempted },
    { where: 'soaking', events: untilWell },
  ] as const)('cancel after an attempt, $where: the node stays out', ({ events }) => {
    given([...events, cancel(401)])
      .when(401)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'cancelled-mid-repair',
        node: 'keep',
      });
  });
});

describe('observe mode', () => {
  const mode = 'observe';

  test('stops after the first rung it would have tried', () => {
    given([...untilMoved, attempted()], { mode })
      .when(10)
      .decides({
        kind: 'conclude',
        outcome: 'observed',
        reason: 'observe-mode',
        node: 'return',
        detail: 'would have ended as repaired (observe-mode)',
      });
  });
});
