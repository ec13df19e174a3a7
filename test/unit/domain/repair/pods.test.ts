import { expect, test } from 'vitest';
import type { Blocker } from '../../../../domain/repair/types.ts';
import type { BlockReason } from '../../../../domain/vocabulary/reasons.ts';
import {
  isResting,
  leftText,
  patienceMs,
  podName,
  waitReasonOf,
} from '../../../../domain/repair/pods.ts';

test('a pod is named with its namespace', () => {
  expect(podName({ namespace: 'default', name: 'web-0' })).toBe('default/web-0');
});

test('waits for what a person has to know first', () => {
  const blocked = (...whys: readonly BlockReason[]): Blocker[] =>
    whys.map((why) => ({ pod: 'a/b', why }));
  expect(waitReasonOf(blocked('terminating', 'blocked-by-budget'))).toBe('budget-blocks');
  expect(waitReasonOf(blocked('blocked-by-budget', 'refused-by-admission'))).toBe(
    'refused-by-admission',
  );
  expect(waitReasonOf(blocked('blocked-by-budget', 'do-not-disrupt'))).toBe('kept-by-policy');
  expect(waitReasonOf(blocked('terminating'))).toBe('pods-terminating');
  expect(waitReasonOf([])).toBe('pods-terminating');
});

test('is patient for 5 s at first and for 30 s at last', () => {
  expect([1, 2, 5, 6, 100].map(patienceMs)).toEqual([5_000, 7_500, 25_312.5, 30_000, 30_000]);
});

test.each<[string, Partial<Blocker>, number, boolean]>([
  ['refused', {}, 9, true],
  ['refused', {}, 10, false],
  ['told to come back later', { retryAt: 20 }, 19, true],
  ['told to come back later', { retryAt: 20 }, 20, false],
  ['told to come back sooner', { retryAt: 5 }, 9, true],
  ['on its way out', { why: 'terminating' }, 9, false],
])('a pod that was %s (%j) rests at %i: %s', (_name, changes, now, expected) => {
  const blocker: Blocker = { pod: 'a/b', why: 'blocked-by-budget', ...changes };
  expect(isResting(blocker, { askAgainAt: 10 }, now)).toBe(expected);
});

test('names ten pods that are left, and counts the others', () => {
  const blockers = Array.from({ length: 12 }, (_, n) => ({
    pod: `a/${n}`,
    why: 'terminating' as const,
  }));
  const text = leftText({ left: 14, blockers });
  expect(text).toContain('a/9 (terminating), 4 more');
  expect(text).not.toContain('a/10');
  expect(leftText({ left: 2, blockers: blockers.slice(0, 2) })).toBe(
    'left on the node: a/0 (terminating), a/1 (terminating)',
  );
});
