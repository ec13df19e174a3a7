import { expect, test } from 'vitest';
import { errorText } from '../../../std/errorText.ts';

test.each([
  ['an error', new Error('the disk is full'), 'the disk is full'],
  ['something else that was thrown', 'no', 'no'],
  [
    'several attempts that failed',
    new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]),
    'refused by ::1; refused by 127.0.0.1',
  ],
  [
    'several attempts without one',
    new AggregateError([], 'nothing was tried'),
    'nothing was tried',
  ],
])('%s is told by its message', (_, thrown, text) => {
  expect(errorText(thrown)).toBe(text);
});
