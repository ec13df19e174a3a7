/** Label selectors. Real budgets are in test/int/kube/resources/pods.test.ts. */
import { expect, test } from 'vitest';
import { selectorMatches } from '../../../../kube/resources/budgets.ts';

const labels = { app: 'web', tier: 'front' };
function expression(key: string, operator: string, ...values: string[]) {
  return {
    matchExpressions: [{ key, operator, values }],
  };
}

test.each([
  ['an absent selector', undefined, false],
  ['null', null, false],
  ['an empty selector', {}, true],
  ['equal labels', { matchLabels: { app: 'web' } }, true],
  ['one label that differs', { matchLabels: { app: 'web', tier: 'back' } }, false],
  ['In', expression('app', 'In', 'web', 'api'), true],
  ['In without the value', expression('app', 'In', 'api'), false],
  ['In of a missing label', expression('zone', 'In', 'a'), false],
  ['NotIn', expression('app', 'NotIn', 'api'), true],
  ['NotIn of a missing label', expression('zone', 'NotIn', 'a'), true],
  ['NotIn with the value', expression('app', 'NotIn', 'web'), false],
  ['Exists', expression('app', 'Exists'), true],
  ['Exists of a missing label', expression('zone', 'Exists'), false],
  ['DoesNotExist', expression('zone', 'DoesNotExist'), true],
  ['DoesNotExist of a label there', expression('app', 'DoesNotExist'), false],
  ['an operator not known', expression('app', 'Like', 'w'), false],
])('%s', (_, selector, expected) => {
  expect(selectorMatches(selector, labels)).toBe(expected);
});
