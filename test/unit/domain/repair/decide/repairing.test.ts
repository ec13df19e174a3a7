/** What a repair decides when the pods have moved and a rung is next. */
import { describe, test } from 'vitest';
import {
  after,
  at,
  attempted,
  cancel,
  finding,
  given,
  policy,
  spent,
  untilAttempted,
  untilIsolated,
  untilMoved,
} from '../../../../support/given.ts';

describe('the usual way', () => {
  test('skips the migration of an empty node', () => {
    given([...untilIsolated, after(3, { kind: 'podsTagged', pods: 0 })])
      .when(3)
      .decides({ kind: 'runRung', rung: 0, attempt: 1 });
  });

  test('climbs once the pods are gone', () => {
    given(untilMoved).when(4).decides({ kind: 'runRung', rung: 0, attempt: 1 });
  });
});

describe('refusals', () => {
  test('a lost permit is asked for again before anything else', () => {
    const refused = after(5, { kind: 'refused', reason: 'permit-lost', detail: 'no permit' });
    given([...untilMoved, refused])
      .when(5)
      .decides({ kind: 'requestPermit' });
  });
});

describe('a ladder', () => {
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
});

describe('people', () => {
  test('cancel moved: nothing of ours stays', () => {
    given([...untilMoved, cancel(5)])
      .when(5)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'return',
      });
  });

  test('cancel after an attempt, between two attempts: the node stays out', () => {
    given([...untilAttempted, spent(400, 0, 1), cancel(401)])
      .when(401)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'cancelled-mid-repair',
        node: 'keep',
      });
  });
});

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
});
