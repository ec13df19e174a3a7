import { expect, test } from 'vitest';
import {
  isBeingDisrupted,
  isHandedOver,
  isHeld,
  isIsolatedBy,
  isolationMark,
} from '../../../domain/marks.ts';
import { marks } from '../../../domain/vocabulary/marks.ts';
import { isolatedBy, nodeFacts, taint } from '../../support/nodes.ts';

function marked(text: string) {
  return nodeFacts({ marks: { [marks.isolation]: text } });
}

test('a node without the annotation carries no mark', () => {
  expect(isolationMark(nodeFacts())).toBeUndefined();
});

test('a mark is read as it was written', () => {
  const mark = { repair: 'r-1', at: 5, foundCordoned: true };
  expect(isolationMark(marked(JSON.stringify(mark)))).toEqual(mark);
});

test.each(['', 'no json', 'null', '7', '"r-1"', '{}', '{"repair":7}'])(
  'what cannot be read is still a mark, of nobody: %s',
  (text) => {
    expect(isolationMark(marked(text))).toEqual({ repair: 'unreadable', at: 0 });
  },
);

test.each([
  ['our mark, our cordon', isolatedBy('r-1'), true],
  ['no mark', nodeFacts({ unschedulable: true }), false],
  ['the mark of another repair', isolatedBy('r-2'), false],
  ['uncordoned since', isolatedBy('r-1', { unschedulable: false }), false],
  [
    'cordoned again by somebody',
    isolatedBy('r-1', { unschedulableOwner: 'kubectl-cordon' }),
    false,
  ],
  [
    'found cordoned: only the mark is ours',
    isolatedBy('r-1', {
      unschedulableOwner: 'kubectl-cordon',
      marks: { [marks.isolation]: '{"repair":"r-1","at":1,"foundCordoned":true}' },
    }),
    true,
  ],
])('isolated by us: %s', (_name, node, expected) => {
  expect(isIsolatedBy(node, 'r-1')).toBe(expected);
});

test('any hold counts, also an empty one', () => {
  expect(isHeld(nodeFacts())).toBe(false);
  expect(isHeld(nodeFacts({ marks: { [marks.hold]: '' } }))).toBe(true);
});

test('handed over: by an outcome on the mark, or by the note of a take-over', () => {
  expect(isHandedOver(nodeFacts())).toBe(false);
  expect(isHandedOver(isolatedBy('r-1'))).toBe(false);
  expect(isHandedOver(marked('{"repair":"r-1","at":1,"outcome":"escalated"}'))).toBe(true);
  expect(isHandedOver(nodeFacts({ marks: { [marks.handedOver]: '{}' } }))).toBe(true);
});

test.each([
  [taint('ToBeDeletedByClusterAutoscaler', { value: '1795570000' }), true],
  [taint('karpenter.sh/disrupted'), true],
  [taint('karpenter.sh/disruption', { value: 'disrupting' }), true],
  [taint('karpenter.sh/disruption', { value: 'candidate' }), false],
  [taint('DeletionCandidateOfClusterAutoscaler', { effect: 'PreferNoSchedule' }), false],
  [taint('karpenter.sh/disrupted', { effect: 'PreferNoSchedule' }), false],
  [taint('dedicated', { value: 'gpu' }), false],
])('an autoscaler is about to remove a node with %j: %s', (one, expected) => {
  expect(isBeingDisrupted(nodeFacts({ taints: [taint('other'), one] }))).toBe(expected);
});
