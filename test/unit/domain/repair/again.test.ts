import { describe, expect, it } from 'vitest';
import { rungAfter } from '../../../../domain/repair/again.ts';
import type { RepairEvent } from '../../../../domain/repair/types.ts';
import { at } from '../../../support/given.ts';

function attempted(rung: number): RepairEvent {
  return {
    kind: 'attempted',
    rung,
    number: 1,
    startedAt: at(4),
    bootIdBefore: 'boot-1',
    result: 'done',
    detail: 'done',
    evidenceAfter: 0,
    at: at(5),
  };
}

describe('a repair that is taken up again', () => {
  it('goes on after the last rung that was tried', () => {
    const entries = [{ events: [attempted(0)] }, { events: [] }, { events: [attempted(1)] }];
    expect(rungAfter(entries, 0)).toBe(2);
  });

  it('begins where it would have begun, if none was tried', () => {
    expect(rungAfter([{ events: [{ kind: 'waited', at: at(1) }] }], 1)).toBe(1);
  });
});
