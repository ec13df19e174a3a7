/** What a repair decides once its node is isolated and its pods are not counted yet. */
import { describe, test } from 'vitest';
import {
  after,
  at,
  cancel,
  finding,
  given,
  granted,
  healthy,
  isolated,
  lost,
  report,
  untilIsolated,
} from '../../../../support/given.ts';

describe('the usual way', () => {
  test('tags the pods of an isolated node', () => {
    given(untilIsolated).when(2).decides({ kind: 'tagPods' });
  });
});

describe('not knowing', () => {
  const unknown = after(2, { kind: 'reported', report: report({ verdict: 'unknown' }) });

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
});

describe('people', () => {
  test('cancel isolated: nothing of ours stays', () => {
    given([...untilIsolated, cancel(5)])
      .when(5)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'return',
      });
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
});

describe('observe mode', () => {
  const mode = 'observe';

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
