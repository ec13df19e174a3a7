/** What a fault that comes back means. How the repair goes on then is in test/unit/domain/repair. */
import { describe, expect, test } from 'vitest';
import { evolve } from '../../../../domain/dispatch/evolve.ts';
import { relapseOf } from '../../../../domain/dispatch/relapse.ts';
import type { PastRepair } from '../../../../domain/dispatch/types.ts';
import { recordOf, reported } from '../../../support/dispatch.ts';
import { at, fault, minute, policy } from '../../../support/given.ts';

function past(seconds: number, changes: Partial<PastRepair> = {}): PastRepair {
  return {
    repairId: `r-${seconds}`,
    check: fault.check,
    policy: 'kernel',
    openedAt: at(seconds - 10),
    closedAt: at(seconds),
    outcome: 'repaired',
    reason: 'healed',
    rung: 0,
    isolated: true,
    ...changes,
  };
}

const relapse = { windowMs: 10 * minute, escalateAfter: 3, withinMs: 60 * minute };
const kernel = policy({ relapse });
function after(repairs: readonly PastRepair[], seconds: number) {
  return relapseOf({ ...recordOf(reported(0)), past: repairs }, kernel, at(seconds));
}

describe('a fault that comes back', () => {
  test('within the window goes on with the next rung', () => {
    expect(after([past(100)], 700)).toEqual({ repairId: 'r-100', times: 2, firstRung: 1 });
    expect(after([past(100, { rung: undefined })], 700)).toMatchObject({ firstRung: 0 });
  });

  test('after the window begins at the first rung', () => {
    expect(after([past(100)], 701)).toBeUndefined();
    expect(after([], 701)).toBeUndefined();
    expect(relapseOf(recordOf(reported(0)), kernel, at(9))).toBeUndefined();
  });

  test('with no rung left is a person’s', () => {
    expect(after([past(100, { rung: 1 })], 110)).toMatchObject({ handOver: 'ladder-exhausted' });
  });

  test('too often within the time is a person’s, also after the window', () => {
    const three = [past(100), past(200), past(300)];
    expect(after(three, 310)).toMatchObject({ handOver: 'relapsed', times: 4, repairId: 'r-300' });
    expect(after(three, 3_000)).toMatchObject({ handOver: 'relapsed' });
    expect(after(three, 3_701)).toBeUndefined();
    expect(after(three, 3_699 + 10)).toBeUndefined();
  });

  test('counts what took the node out, by this policy', () => {
    const cheap = past(200, { outcome: 'recovered', isolated: false });
    const drained = past(300, { outcome: 'recovered', rung: undefined });
    const others = past(400, { policy: 'disk' });
    const person = past(500, { outcome: 'escalated' });
    expect(after([past(100), cheap, drained, others, person], 510)).toEqual({
      repairId: 'r-100',
      times: 3,
      firstRung: 1,
    });
    expect(after([drained], 310)).toBeUndefined();
  });
});

test('the record keeps the last ten repairs that ended', () => {
  let record = recordOf(reported(0));
  for (let n = 0; n < 12; n += 1) {
    const repairId = `r-${n}`;
    const about = { repairId, openedAt: at(n), openingEventId: fault.id, check: fault.check };
    record = evolve(record, { kind: 'opened', episode: { ...about, policy: 'kernel' } });
    const done = n === 11 ? { rung: 1, isolated: true } : {};
    record = evolve(record, {
      kind: 'closed',
      repairId,
      outcome: 'repaired',
      reason: 'healed',
      at: at(n + 1),
      ...done,
    });
  }
  expect(record.past?.map(({ repairId }) => repairId)).toEqual(
    Array.from({ length: 10 }, (_, n) => `r-${n + 2}`),
  );
  expect(record.past?.[0]).toMatchObject({ isolated: false });
  expect(record.past?.at(-1)).toEqual({
    repairId: 'r-11',
    check: fault.check,
    policy: 'kernel',
    openedAt: at(11),
    closedAt: at(12),
    outcome: 'repaired',
    reason: 'healed',
    rung: 1,
    isolated: true,
  });
});
