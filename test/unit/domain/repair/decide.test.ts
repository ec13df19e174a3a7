import { describe, expect, test } from 'vitest';
import { decide } from '../../../../domain/repair/decide.ts';
import type { LossReason, RepairEvent } from '../../../../domain/repair/types.ts';
import {
  at,
  attempted,
  cancel,
  finding,
  firstBoot,
  given,
  granted,
  healthy,
  isolated,
  minute,
  nextBoot,
  policy,
  rebooted,
  report,
  rung,
  second,
  tagged,
  after,
  untilAttempted,
  untilIsolated,
  untilMoved,
  untilWell,
} from '../../../support/given.ts';
import { faultEvent } from '../../../support/samples.ts';

function lost(seconds: number, reason: LossReason): RepairEvent {
  return after(seconds, { kind: 'lost', reason, detail: `found ${reason}` });
}

function ended(
  outcome: 'repaired' | 'recovered' | 'cancelled' | 'escalated',
  reason: 'healed' | 'cancel-requested' | 'held',
  node: 'return' | 'keep' | 'leave',
): RepairEvent {
  return after(60, { kind: 'concluded', ending: { outcome, reason, node } });
}

function spent(seconds: number, nextRung: number, nextSpent: number): RepairEvent {
  return after(seconds, { kind: 'attemptSpent', reason: 'still-faulty', nextRung, nextSpent });
}

function lookedInNextBoot(seconds: number): RepairEvent {
  return after(seconds, { kind: 'looked', finding: finding({ bootId: nextBoot }) });
}

describe('the usual way', () => {
  test('asks for a permit first', () => {
    given([]).when(0).decides({ kind: 'requestPermit' });
  });

  test('isolates with a permit', () => {
    given([granted]).when(1).decides({ kind: 'isolate' });
  });

  test('tags the pods of an isolated node', () => {
    given(untilIsolated).when(2).decides({ kind: 'tagPods' });
  });

  test('moves tagged pods until the deadline of the policy, counted from the tagging', () => {
    given([...untilIsolated, tagged])
      .when(10)
      .decides({ kind: 'migrate', deadlineAt: at(3) + 60 * minute });
  });

  test('skips the migration of an empty node', () => {
    given([...untilIsolated, after(3, { kind: 'podsTagged', pods: 0 })])
      .when(3)
      .decides({ kind: 'runRung', rung: 0, attempt: 1 });
  });

  test('climbs once the pods are gone', () => {
    given(untilMoved).when(4).decides({ kind: 'runRung', rung: 0, attempt: 1 });
  });

  test('goes back to moving, with the whole time for it, when pods are found right before a rung', () => {
    const late = after(4000, { kind: 'podsFound', left: 1, pods: ['default/web-0'] });
    given([...untilMoved, late])
      .when(4000)
      .decides({ kind: 'migrate', deadlineAt: at(4000) + 60 * minute });
  });

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
      after(41, { kind: 'looked', finding: found(nextBoot) }),
    ])
      .when(42)
      .decides({ kind: 'wait', reason: 'evidence', until: at(61) });
  });

  test('soaks, then returns as repaired', () => {
    const { when } = given(untilWell);
    when(51).decides({ kind: 'wait', reason: 'soak', until: at(170) });
    when(170).decides({ kind: 'conclude', outcome: 'repaired', reason: 'healed', node: 'return' });
  });

  test('carries the end out: restore, release, close', () => {
    const soaked = [...untilWell, ended('repaired', 'healed', 'return')];
    given(soaked).when(171).decides({ kind: 'restore' });
    const back = [...soaked, after(172, { kind: 'restored', node: 'returned' })];
    given(back).when(172).decides({ kind: 'releasePermit' });
    given([...back, after(173, { kind: 'permitReleased' })])
      .when(173)
      .decides({ kind: 'close' });
  });
});

describe('a node that heals by itself', () => {
  test('before isolation: recovered, untouched', () => {
    given([granted, healthy(2)])
      .when(2)
      .decides({ kind: 'conclude', outcome: 'recovered', reason: 'healed', node: 'leave' });
  });

  test('is not kept waiting by a full budget', () => {
    const refused = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 2, limit: 2 });
    given([refused, healthy(2)])
      .when(2)
      .decides({ kind: 'conclude', outcome: 'recovered', reason: 'healed', node: 'leave' });
  });

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

  test('and falls ill again: work goes on where it stopped', () => {
    const ill = after(20, { kind: 'reported', report: report({ sequence: 3 }) });
    const { state, when } = given([...untilIsolated, tagged, healthy(10), ill]);
    expect(state.phase).toBe('migrating');
    when(21).decides({ kind: 'migrate', deadlineAt: at(3) + 60 * minute });
  });

  test('unless its kubelet is not ready: then nobody knows', () => {
    given([after(1, { kind: 'rebooted', bootId: firstBoot, ready: false }), healthy(2)])
      .when(3)
      .decides({ kind: 'wait', reason: 'unknown-health', until: at(22) });
  });

  test('between two attempts: returns after the soak of the policy, as repaired', () => {
    given([...untilAttempted, spent(400, 0, 1), healthy(401)])
      .when(461)
      .decides({ kind: 'conclude', outcome: 'repaired', reason: 'healed', node: 'return' });
  });
});

describe('not knowing', () => {
  const unknown = after(2, { kind: 'reported', report: report({ verdict: 'unknown' }) });

  test('waits and looks, and permits no act', () => {
    const { when } = given([granted, unknown]);
    when(3).decides({ kind: 'wait', reason: 'unknown-health', until: at(22) });
    when(22).decides({ kind: 'look' });
  });

  test('never waits beyond the time-out', () => {
    const short = policy({ ladder: [rung({ verification: { timeoutMs: second, soakMs: 0 } })] });
    given([granted, unknown], { policy: short })
      .when(2)
      .decides({ kind: 'wait', reason: 'unknown-health', until: at(3) });
  });

  test('calls a person after the time-out, and leaves what was not touched', () => {
    given([granted, unknown]).when(602).decides({
      kind: 'conclude',
      outcome: 'escalated',
      reason: 'verification-timed-out',
      node: 'leave',
    });
  });

  test('keeps an isolated node for the person', () => {
    given([...untilIsolated, { ...unknown, at: at(3) }])
      .when(603)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'verification-timed-out',
        node: 'keep',
      });
  });

  test('opened by an unknown report, it counts from the opening', () => {
    const opened = { ...given([]).state };
    expect(opened.unknownSince).toBeUndefined();
    const fault = { ...faultOf('unknown') };
    given([], { fault }).when(600).decides({
      kind: 'conclude',
      outcome: 'escalated',
      reason: 'verification-timed-out',
      node: 'leave',
    });
  });

  test('without a ladder the soak time is the time-out', () => {
    given([granted, unknown], { policy: policy({ ladder: [] }) })
      .when(62)
      .decides({
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

  test('a lost permit is asked for again before anything else', () => {
    const refused = after(5, { kind: 'refused', reason: 'permit-lost', detail: 'no permit' });
    given([...untilMoved, refused])
      .when(5)
      .decides({ kind: 'requestPermit' });
  });

  test('a blocked migration says so, waits a little and goes on', () => {
    const left = after(5, {
      kind: 'podsLeft',
      left: 1,
      blockers: [{ pod: 'a/b', why: 'blocked-by-budget', budgets: ['pdb'] }],
    });
    const { state, when } = given([...untilIsolated, tagged, left]);
    const until = state.refused?.lookAgainAt ?? 0;
    expect(until).toBeGreaterThanOrEqual(at(10));
    expect(until).toBeLessThanOrEqual(at(11.25));
    when(6).decides({ kind: 'wait', reason: 'budget-blocks', until });
    when(12).decides({ kind: 'migrate', deadlineAt: at(3) + 60 * minute });
  });

  test('hold back what undoes our work too, so that a failing API server is not hammered', () => {
    const failed = after(61, { kind: 'failed', command: 'restore', detail: 'no answer' });
    const { state, when } = given([...untilWell, ended('repaired', 'healed', 'return'), failed]);
    const until = state.refused?.lookAgainAt ?? 0;
    when(62).decides({ kind: 'wait', reason: 'step-failed', until });
    when(66).decides({ kind: 'restore' });
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

  test('goes to the next attempt, then to the next rung, then to a person', () => {
    given([...untilAttempted, spent(400, 0, 1)])
      .when(400)
      .decides({ kind: 'runRung', rung: 0, attempt: 2 });
    const second2 = attempted({ number: 2, at: at(410) });
    const looked = after(710, { kind: 'looked', finding: finding() });
    given([...untilAttempted, spent(400, 0, 1), second2, looked])
      .when(710)
      .decides({ kind: 'giveUpAttempt', reason: 'boot-window-over', nextRung: 1, nextSpent: 0 });
    given([...untilAttempted, spent(400, 1, 0)])
      .when(400)
      .decides({ kind: 'runRung', rung: 1, attempt: 1 });
    given([...untilAttempted, spent(400, 2, 0)])
      .when(400)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'ladder-exhausted',
        node: 'keep',
      });
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

  test('without a rung is a person the moment the pods have moved', () => {
    given(untilMoved, { policy: policy({ ladder: [] }) })
      .when(4)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'ladder-exhausted',
        node: 'keep',
      });
  });

  test('starts where a continued repair says', () => {
    const old = { repairId: 'r-old', firstRung: 1, by: { name: 'ada', reason: 'go on' } };
    given(untilMoved, { after: old }).when(4).decides({ kind: 'runRung', rung: 1, attempt: 1 });
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

describe('a migration at its time-out', () => {
  const late = (60 * minute) / second + 3;

  test('names the pods that are left', () => {
    const left = after(5, {
      kind: 'podsLeft',
      left: 3,
      blockers: [
        { pod: 'a/b', why: 'not-evictable' },
        { pod: 'a/c', why: 'terminating' },
      ],
    });
    given([...untilIsolated, tagged, left])
      .when(late)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'migration-timed-out',
        node: 'keep',
        detail: 'left on the node: a/b (not-evictable), a/c (terminating), 1 more',
      });
  });

  test('escalates, or climbs all the same, as the policy says', () => {
    given([...untilIsolated, tagged])
      .when(late)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'migration-timed-out',
        node: 'keep',
      });
    const go = policy({ migration: { timeoutMs: 60 * minute, onTimeout: 'continue' } });
    given([...untilIsolated, tagged], { policy: go })
      .when(late)
      .decides({ kind: 'runRung', rung: 0, attempt: 1, leavesPods: true });
    const bare = policy({
      migration: { timeoutMs: 60 * minute, onTimeout: 'continue' },
      ladder: [],
    });
    given([...untilIsolated, tagged], { policy: bare })
      .when(late)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'ladder-exhausted',
        node: 'keep',
      });
  });
});

describe('a migration at its time-out, judged by the kubelet', () => {
  const late = (60 * minute) / second + 3;
  const byKubelet = {
    policy: policy({ migration: { timeoutMs: 60 * minute, onTimeout: 'by-kubelet' } }),
  };
  const looked = (seconds: number, ready: boolean): RepairEvent =>
    after(seconds, { kind: 'looked', finding: finding({ ready }) });

  test('looks first, whatever was seen before', () => {
    given([...untilIsolated, tagged, looked(10, false)], byKubelet)
      .when(late)
      .decides({ kind: 'look' });
  });

  test('climbs where the kubelet is dead: its pods can never confirm that they stopped', () => {
    given([...untilIsolated, tagged, looked(late, false)], byKubelet)
      .when(late)
      .decides({ kind: 'runRung', rung: 0, attempt: 1, leavesPods: true });
  });

  test('calls a person where it lives', () => {
    given([...untilIsolated, tagged, looked(late, true)], byKubelet)
      .when(late)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'migration-timed-out',
        node: 'keep',
      });
  });
});

describe('people', () => {
  test.each([
    { where: 'before isolation', events: [granted], node: 'leave' },
    { where: 'isolated', events: untilIsolated, node: 'return' },
    { where: 'moved', events: untilMoved, node: 'return' },
  ] as const)('cancel $where: nothing of ours stays', ({ events, node }) => {
    given([...events, cancel(5)])
      .when(5)
      .decides({ kind: 'conclude', outcome: 'cancelled', reason: 'cancel-requested', node });
  });

  test.each([
    { where: 'waiting for the boot', events: untilAttempted },
    { where: 'soaking', events: untilWell },
    {
      where: 'between two attempts',
      events: [
        ...untilAttempted,
        after(400, { kind: 'attemptSpent', reason: 'still-faulty', nextRung: 0, nextSpent: 1 }),
      ],
    },
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

  test('cancel while it returns: the return finishes', () => {
    given([...untilWell, ended('repaired', 'healed', 'return'), cancel(171)])
      .when(171)
      .decides({ kind: 'restore' });
  });

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

  test('hold a node: it is kept as it is', () => {
    given([granted, lost(3, 'held')])
      .when(3)
      .decides({ kind: 'conclude', outcome: 'cancelled', reason: 'held', node: 'leave' });
    given([...untilIsolated, lost(3, 'held')])
      .when(3)
      .decides({ kind: 'conclude', outcome: 'cancelled', reason: 'held', node: 'keep' });
    given([...untilAttempted, lost(11, 'held')])
      .when(11)
      .decides({ kind: 'conclude', outcome: 'escalated', reason: 'held-mid-repair', node: 'keep' });
  });

  test.each(['replaced', 'deleted'] as const)('a node that is %s ends it', (reason) => {
    given([...untilIsolated, lost(3, reason)])
      .when(3)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason,
        node: 'leave',
        detail: `found ${reason}`,
      });
  });

  test.each(['taken-over', 'cordoned-by-other', 'being-deleted'] as const)(
    'a node that is %s is theirs',
    (reason) => {
      given([...untilIsolated, lost(3, reason), cancel(4)])
        .when(4)
        .decides({
          kind: 'conclude',
          outcome: 'taken-over',
          reason,
          node: 'leave',
          detail: `found ${reason}`,
        });
    },
  );
});

describe('an isolation whose answer was lost', () => {
  const failed = after(2, { kind: 'failed', command: 'isolate', detail: 'no answer' });
  const looked = after(8, { kind: 'looked', finding: finding() });

  test.each([
    { because: 'it healed', event: healthy(7) },
    { because: 'somebody cancels', event: cancel(7) },
  ])('is looked for before the repair ends because $because', ({ event }) => {
    const { state, when } = given([granted, failed, event]);
    const until = state.refused?.lookAgainAt ?? 0;
    when(3).decides({ kind: 'wait', reason: 'step-failed', until });
    when(7).decides({ kind: 'look' });
  });

  test('and found, is undone', () => {
    given([granted, failed, cancel(7), looked])
      .when(8)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'return',
      });
    given([granted, failed, healthy(7), looked])
      .when(8)
      .decides({ kind: 'wait', reason: 'soak', until: at(67) });
  });

  test('and not found, needs no undoing', () => {
    const nothing = after(8, { kind: 'looked', finding: finding({ isolated: false }) });
    given([granted, failed, cancel(7), nothing])
      .when(8)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'leave',
      });
  });

  test('on a node that is lost, is left to the restoring step', () => {
    const gone = lost(7, 'taken-over');
    given([granted, failed, gone]).when(7).decides({
      kind: 'conclude',
      outcome: 'taken-over',
      reason: 'taken-over',
      node: 'leave',
      detail: 'found taken-over',
    });
    given([granted, failed, gone, ended('cancelled', 'held', 'leave')])
      .when(60)
      .decides({ kind: 'restore' });
  });
});

describe('ends without isolation', () => {
  test('give the permit back and close, touching nothing', () => {
    const over = [granted, ended('cancelled', 'cancel-requested', 'leave')];
    given(over).when(60).decides({ kind: 'releasePermit' });
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

  test('ends as observed where act would have ended otherwise', () => {
    given([granted, healthy(2)], { mode })
      .when(2)
      .decides({
        kind: 'conclude',
        outcome: 'observed',
        reason: 'observe-mode',
        node: 'leave',
        detail: 'would have ended as recovered (healed)',
      });
  });

  test('a cancel is a cancel', () => {
    given([isolated, cancel(3)], { mode })
      .when(3)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'return',
      });
  });
});

function found(bootId: string): ReturnType<typeof finding> {
  return finding({ bootId });
}

function faultOf(verdict: 'unknown'): ReturnType<typeof faultEvent> {
  return faultEvent({ verdict });
}

describe('a fault that came back', () => {
  const relapse = { repairId: 'r-before', times: 3, firstRung: 1 };

  test('goes on with the rung after the one that did not help for long', () => {
    given(untilMoved, { relapse }).when(5).decides({ kind: 'runRung', rung: 1, attempt: 1 });
  });

  test('begins where a person says, whatever came before', () => {
    const by = { name: 'ada', reason: 'spare part' };
    const continued = { repairId: 'r-before', firstRung: 0, by };
    given(untilMoved, { relapse, after: continued })
      .when(5)
      .decides({ kind: 'runRung', rung: 0, attempt: 1 });
  });

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
