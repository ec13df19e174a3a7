import { expect, test } from 'vitest';
import { lastRung } from '../../../../domain/repair/rungs.ts';
import { after, attempted, given, untilMoved, untilWell } from '../../../support/given.ts';

function spent(nextRung: number, nextSpent: number) {
  return after(20, { kind: 'attemptSpent', reason: 'still-faulty', nextRung, nextSpent });
}

test.each([
  ['before any attempt', untilMoved, undefined],
  ['while its effect is awaited', [...untilMoved, attempted()], 0],
  ['after it helped', untilWell, 0],
  ['before its next attempt', [...untilMoved, attempted(), spent(0, 1)], 0],
  ['before the next rung', [...untilMoved, attempted(), spent(1, 0)], 0],
  ['of two', [...untilMoved, attempted(), spent(1, 0), attempted({ rung: 1 })], 1],
] as const)('the last rung that was tried, %s', (_name, events, expected) => {
  expect(lastRung(given(events).state)).toBe(expected);
});
