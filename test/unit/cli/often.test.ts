import { expect, test } from 'vitest';
import { oftenThought } from '../../../cli/why/often.ts';
import type { Episode, PastRepair } from '../../../domain/dispatch/types.ts';
import { at, fault } from '../../support/given.ts';
import { record } from '../../support/screens.ts';

function past(seconds: number): PastRepair {
  return {
    repairId: `r-${seconds}`,
    check: fault.check,
    policy: 'kernel',
    openedAt: at(seconds),
    closedAt: at(seconds + 5),
    outcome: 'repaired',
    reason: 'healed',
    isolated: true,
  };
}
const open: Episode = {
  repairId: 'r-now',
  openedAt: at(600),
  openingEventId: 'e',
  check: fault.check,
  policy: 'kernel',
};

test.each([
  ['one repair', record({ episode: open }), undefined],
  ['none', record(), undefined],
  ['a third that is open', record({ past: [past(0), past(300)], episode: open }), 'is the third'],
  ['a second that ended', record({ past: [past(0), past(600)] }), 'was the second'],
  [
    'many',
    record({ past: Array.from({ length: 10 }, (_, n) => past(n)), episode: open }),
    'is the 11th',
  ],
  ['one of long ago', record({ past: [past(-90_000)], episode: open }), undefined],
] as const)('%s', (_name, known, expected) => {
  const sentence = expected === undefined ? undefined : `This ${expected} repair in 10m00s.`;
  expect(oftenThought(known, at(700))).toBe(sentence);
});
