import { expect, test } from 'vitest';
import { health } from '../../../../domain/repair/health.ts';
import {
  after,
  attempted,
  firstBoot,
  given,
  healthy,
  nextBoot,
  rebooted,
  report,
  untilMoved,
} from '../../../support/given.ts';

const other = after(2, {
  kind: 'reported',
  report: report({ check: 'ReadonlyFilesystem', sequence: 5 }),
});

test.each([
  ['as it opened', [], 'faulty'],
  ['healthy again', [healthy(1)], 'healthy'],
  ['one check of two healthy', [other, healthy(3, { sequence: 6 })], 'faulty'],
  [
    'both healthy',
    [other, healthy(3), healthy(4, { check: 'ReadonlyFilesystem', sequence: 6 })],
    'healthy',
  ],
  ['silent since it rebooted', [rebooted(2)], 'unknown'],
  ['healthy in the boot before', [healthy(1), rebooted(2)], 'unknown'],
  ['healthy in this boot', [rebooted(2), healthy(3, { bootId: nextBoot })], 'healthy'],
  ['kubelet not ready', [rebooted(2, false), healthy(3, { bootId: nextBoot })], 'unknown'],
  [
    'faulty and not ready',
    [after(1, { kind: 'rebooted', bootId: firstBoot, ready: false })],
    'faulty',
  ],
  ['right after an attempt', [...untilMoved, attempted({ evidenceAfter: 1 })], 'unknown'],
  [
    'at the very report the attempt had seen',
    [...untilMoved, attempted({ evidenceAfter: 2 }), healthy(11)],
    'unknown',
  ],
  [
    'reported after the attempt',
    [...untilMoved, attempted({ evidenceAfter: 1 }), healthy(11)],
    'healthy',
  ],
] as const)('%s', (_name, events, expected) => {
  expect(health(given(events).state)).toBe(expected);
});

test('a report that is not newer changes nothing, and a new check joins only when it is faulty', () => {
  const late = healthy(3, { sequence: 1, counter: 1 });
  expect(health(given([late]).state)).toBe('faulty');
  const again = given([healthy(3), after(4, { kind: 'reported', report: report() })]);
  expect(health(again.state)).toBe('healthy');
  const well = healthy(3, { check: 'ReadonlyFilesystem' });
  expect(given([well]).state.reports).toHaveLength(1);
});
