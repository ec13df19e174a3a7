/** A machine that could not be asked: not tried is not refused. */
import { describe, expect, test } from 'vitest';
import {
  after,
  at,
  attempted,
  cancel,
  given,
  healthy,
  minute,
  second,
  untilMoved,
} from '../../../support/given.ts';

function notTried(seconds: number, retryAfterMs?: number) {
  return after(seconds, {
    kind: 'notTried',
    rung: 0,
    number: 1,
    detail: `busy at ${seconds}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

const again = { kind: 'runRung', rung: 0, attempt: 1 } as const;

describe('an attempt that was not tried', () => {
  test('is not spent, and waits with back-off', () => {
    const { state, when } = given([...untilMoved, notTried(10)]);
    expect(state).toMatchObject({ phase: 'repairing', attempts: 0, spent: 0, rung: 0 });
    expect(state.untried).toMatchObject({ since: at(10), tries: 1, detail: 'busy at 10' });
    const { tryAgainAt = 0 } = state.untried ?? {};
    expect(tryAgainAt - at(10)).toBeGreaterThan(3 * second);
    expect(tryAgainAt - at(10)).toBeLessThanOrEqual(5 * second);
    when(11).decides({ kind: 'wait', reason: 'bmc-unavailable', until: tryAgainAt });
    when(16).decides(again);
  });

  test('backs off to a minute, and counts from the first time', () => {
    const tries = [10, 20, 40, 80, 140, 200].map((seconds) => notTried(seconds));
    const { state } = given([...untilMoved, ...tries]);
    expect(state.untried).toMatchObject({ since: at(10), tries: 6 });
    const { tryAgainAt = 0 } = state.untried ?? {};
    expect(tryAgainAt - at(200)).toBeGreaterThan(45 * second);
    expect(tryAgainAt - at(200)).toBeLessThanOrEqual(60 * second);
  });

  test('waits as long as the machine asks', () => {
    given([...untilMoved, notTried(10, 90 * second)])
      .when(60)
      .decides({ kind: 'wait', reason: 'bmc-unavailable', until: at(100) });
  });

  test('waits no longer than its window, however long the machine asks', () => {
    given([...untilMoved, notTried(10, 90 * minute)])
      .when(60)
      .decides({ kind: 'wait', reason: 'bmc-unavailable', until: at(610) });
  });

  test('past its window calls a person, and keeps the node', () => {
    given([...untilMoved, notTried(10), notTried(300)])
      .when(610)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'bmc-unavailable',
        node: 'keep',
        detail: 'busy at 300',
      });
  });

  test('leaves a cancel what it is before any attempt: all is undone', () => {
    given([...untilMoved, notTried(10), cancel(11)])
      .when(12)
      .decides({
        kind: 'conclude',
        outcome: 'cancelled',
        reason: 'cancel-requested',
        node: 'return',
      });
  });

  test('is forgotten once it was made', () => {
    expect(given([...untilMoved, notTried(10), attempted()]).state.untried).toBeUndefined();
  });

  test('is forgotten once the node is well, so that a later one has its whole window', () => {
    const { state, when } = given([...untilMoved, notTried(10), healthy(20)]);
    expect(state).toMatchObject({ phase: 'verifying', untried: undefined });
    when(20).decides({ kind: 'wait', reason: 'soak', until: at(80) });
  });
});
