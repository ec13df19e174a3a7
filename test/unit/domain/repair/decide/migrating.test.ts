/** What a repair decides while the pods of its node move. */
import { describe, expect, test } from 'vitest';
import type { RepairEvent } from '../../../../../domain/repair/types.ts';
import {
  after,
  at,
  finding,
  given,
  healthy,
  minute,
  policy,
  report,
  second,
  tagged,
  untilIsolated,
  untilMoved,
} from '../../../../support/given.ts';

describe('the usual way', () => {
  test('moves tagged pods until the deadline of the policy, counted from the tagging', () => {
    given([...untilIsolated, tagged])
      .when(10)
      .decides({ kind: 'migrate', deadlineAt: at(3) + 60 * minute });
  });

  test('goes back to moving, with the whole time for it, when pods are found right before a rung', () => {
    const late = after(4000, { kind: 'podsFound', left: 1, pods: ['default/web-0'] });
    given([...untilMoved, late])
      .when(4000)
      .decides({ kind: 'migrate', deadlineAt: at(4000) + 60 * minute });
  });
});

describe('a node that heals by itself', () => {
  test('and falls ill again: work goes on where it stopped', () => {
    const ill = after(20, { kind: 'reported', report: report({ sequence: 3 }) });
    const { state, when } = given([...untilIsolated, tagged, healthy(10), ill]);
    expect(state.phase).toBe('migrating');
    when(21).decides({ kind: 'migrate', deadlineAt: at(3) + 60 * minute });
  });
});

describe('refusals', () => {
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
