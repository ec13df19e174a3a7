import { expect, test } from 'vitest';
import { emptyRecord, evolve } from '../../../../domain/dispatch/evolve.ts';
import type { Episode } from '../../../../domain/dispatch/types.ts';
import { openingOf } from '../../../../domain/repair/opening.ts';
import { reported } from '../../../support/dispatch.ts';
import { at, fault, policy, repairId } from '../../../support/given.ts';

const stored = { event: fault, sequence: 7, storedAt: at(0) };
const record = evolve(emptyRecord(fault), { ...reported(0), fault: stored });
const episode: Episode = {
  repairId,
  openedAt: at(1),
  openingEventId: fault.id,
  check: fault.check,
  policy: 'kernel',
};
const resolved = { policy: policy(), mode: 'act', codeVersion: '1' } as const;

test('the record holds all that opens the repair of its episode', () => {
  const opened = openingOf(record, episode, resolved);
  expect(opened).toMatchObject({ repairId, openedAt: at(1), sequence: 7, mode: 'act' });
  expect(opened?.fault).toEqual({ ...fault, observedAt: at(0) });
  expect(opened).not.toHaveProperty('after');
});

test('a repair that a person took up again says after which one, and with which rung', () => {
  const after = { repairId: 'r-old', firstRung: 1, by: { name: 'ada', reason: 'spare part' } };
  expect(openingOf(record, { ...episode, after }, resolved)?.after).toEqual(after);
});

test('where the opening report was followed by another, the newest about its check opens it', () => {
  const later = evolve(record, reported(9, { counter: 12 }));
  expect(openingOf(later, episode, resolved)).toMatchObject({
    sequence: 10,
    fault: { counter: 12 },
  });
});

test('a repair of a fault that came back says after which one', () => {
  const relapse = { repairId: 'r-old', times: 2, firstRung: 1 };
  expect(openingOf(record, { ...episode, relapse }, resolved)?.relapse).toEqual(relapse);
});

test('a record without the check that opened the episode opens nothing', () => {
  expect(openingOf(record, { ...episode, check: 'Other' }, resolved)).toBeUndefined();
});
