import { describe, expect, it } from 'vitest';
import { callsPerson } from '../../../../domain/notices/decide.ts';
import type { Outcome } from '../../../../domain/vocabulary/repair.ts';
import { escalationReasons, type ReasonCode } from '../../../../domain/vocabulary/reasons.ts';
import { at } from '../../../support/given.ts';

function closed(outcome: Outcome, reason: ReasonCode) {
  return { kind: 'closed', outcome, reason, at: at(9) } as const;
}

describe('a person is called', () => {
  it.each(escalationReasons)(
    'after an escalation as %s, whether the node is out or not',
    (reason) => {
      expect(callsPerson(closed('escalated', reason), true)).toBe(true);
      expect(callsPerson(closed('escalated', reason), false)).toBe(true);
    },
  );

  it.each<[Outcome, ReasonCode, boolean]>([
    ['cancelled', 'held', true],
    ['cancelled', 'held', false],
    ['cancelled', 'cancel-requested', true],
    ['taken-over', 'taken-over', false],
    ['taken-over', 'cordoned-by-other', false],
    ['taken-over', 'deleted', true],
  ])('after %s as %s, isolated: %s', (outcome, reason, isIsolated) => {
    expect(callsPerson(closed(outcome, reason), isIsolated)).toBe(true);
  });

  it('after an outcome that this version does not know', () => {
    expect(callsPerson(closed('surrendered' as Outcome, 'healed'), false)).toBe(true);
  });
});

describe('nobody is called', () => {
  it.each<[Outcome, ReasonCode]>([
    ['repaired', 'healed'],
    ['recovered', 'healed'],
    ['observed', 'observe-mode'],
    ['cancelled', 'cancel-requested'],
    ['cancelled', 'replaced'],
    ['cancelled', 'deleted'],
    ['taken-over', 'being-deleted'],
    ['taken-over', 'disrupted-by-autoscaler'],
  ])('after %s as %s with the node in service or gone', (outcome, reason) => {
    expect(callsPerson(closed(outcome, reason), false)).toBe(false);
  });
});
