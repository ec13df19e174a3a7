/** What a repair decides between its permit and the isolation of its node. */
import { describe, test } from 'vitest';
import {
  after,
  at,
  cancel,
  ended,
  finding,
  given,
  granted,
  healthy,
  lost,
  policy,
  report,
  rung,
  second,
  untilAttempted,
  untilIsolated,
} from '../../../../support/given.ts';

describe('the usual way', () => {
  test('isolates with a permit', () => {
    given([granted]).when(1).decides({ kind: 'isolate' });
  });
});

describe('a node that heals by itself', () => {
  test('before isolation: recovered, untouched', () => {
    given([granted, healthy(2)])
      .when(2)
      .decides({ kind: 'conclude', outcome: 'recovered', reason: 'healed', node: 'leave' });
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

describe('people', () => {
  test('cancel before isolation: nothing of ours stays', () => {
    given([granted, cancel(5)])
      .when(5)
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
});

describe('an isolation whose answer was lost', () => {
  const failed = after(2, { kind: 'failed', command: 'isolate', detail: 'no answer' });

  test.each([
    { because: 'it healed', event: healthy(7) },
    { because: 'somebody cancels', event: cancel(7) },
  ])('is looked for before the repair ends because $because', ({ event }) => {
    const { state, when } = given([granted, failed, event]);
    const until = state.refused?.lookAgainAt ?? 0;
    when(3).decides({ kind: 'wait', reason: 'step-failed', until });
    when(7).decides({ kind: 'look' });
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
});
