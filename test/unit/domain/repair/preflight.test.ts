/** Nothing is isolated before it is known that the next rung can be tried at all. */
import { describe, expect, test } from 'vitest';
import {
  after,
  at,
  given,
  granted,
  healthy,
  minute,
  policy,
  untilIsolated,
} from '../../../support/given.ts';

const unchecked = after(1, { kind: 'permitGranted', out: 0, limit: 2 });
function passed(seconds: number) {
  return after(seconds, { kind: 'preflightPassed' });
}
function busy(seconds: number, retryAfterMs?: number) {
  return after(seconds, {
    kind: 'notTried',
    rung: 0,
    number: 1,
    detail: 'busy',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
function unfit(reason: 'wrong-machine' | 'no-rung-possible') {
  return after(2, { kind: 'preflightFailed', reason, detail: 'no entry' });
}

describe('with a permit', () => {
  test('a machine that was read meanwhile is isolated at once', () => {
    given([granted]).when(2).decides({ kind: 'isolate' });
  });

  test('a machine that was not read yet is read first', () => {
    given([unchecked]).when(2).decides({ kind: 'preflight' });
    given([unchecked, passed(4)])
      .when(4)
      .decides({ kind: 'isolate' });
  });

  test('what was read a minute ago is read again', () => {
    given([granted]).when(61).decides({ kind: 'preflight' });
  });

  test('a policy without rungs isolates without a machine to ask', () => {
    const isolating = { policy: policy({ ladder: [] }) };
    given([unchecked], isolating).when(2).decides({ kind: 'isolate' });
    given([busy(2)], isolating)
      .when(3)
      .decides({ kind: 'requestPermit' });
  });
});

describe('a machine that cannot be asked', () => {
  test('is waited for without a permit, which others may need', () => {
    const { state, when } = given([unchecked, busy(2, 30_000)]);
    expect(state).toMatchObject({ phase: 'awaiting-permit', permit: false, attempts: 0 });
    when(3).decides({ kind: 'wait', reason: 'bmc-unavailable', until: at(32) });
    when(32).decides({ kind: 'preflight' });
  });

  test('and answers at last needs its permit again', () => {
    given([unchecked, busy(2), passed(10)])
      .when(10)
      .decides({ kind: 'requestPermit' });
  });

  test('is handed over after the window, as it was found', () => {
    given([unchecked, busy(2), busy(100)])
      .when((10 * minute) / 1_000 + 2)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'bmc-unavailable',
        node: 'leave',
        detail: 'busy',
      });
  });

  test('and heals meanwhile is nothing to repair', () => {
    given([unchecked, busy(2), healthy(5)])
      .when(6)
      .decides({ kind: 'conclude', outcome: 'recovered', reason: 'healed', node: 'leave' });
  });
});

describe('a machine that no rung can repair', () => {
  test.each(['wrong-machine', 'no-rung-possible'] as const)(
    'is handed over as %s, as it was found, and the permit is given back',
    (reason) => {
      const ending = { outcome: 'escalated', reason, node: 'leave', detail: 'no entry' } as const;
      given([unchecked, unfit(reason)])
        .when(2)
        .decides({ kind: 'conclude', ...ending });
      given([unchecked, unfit(reason), after(3, { kind: 'concluded', ending })])
        .when(3)
        .decides({ kind: 'releasePermit' });
    },
  );

  test('is none of our business once it is isolated: then the rung itself is asked', () => {
    given([...untilIsolated, unfit('wrong-machine')])
      .when(3)
      .decides({ kind: 'tagPods' });
  });
});
