import { expect, test } from 'vitest';
import type { PodFacts } from '../../../../domain/node.ts';
import { movable, podName } from '../../../../domain/repair/pods.ts';

const pod: PodFacts = {
  namespace: 'default',
  name: 'web-0',
  uid: 'p-1',
  node: 'n-1',
  phase: 'Running',
  mirror: false,
  deleting: false,
  graceSeconds: 30,
};

test.each<[string, Partial<PodFacts>, boolean]>([
  ['bare', {}, true],
  ['of a ReplicaSet', { ownerKind: 'ReplicaSet' }, true],
  ['of a StatefulSet', { ownerKind: 'StatefulSet' }, true],
  ['of a Job, waiting', { ownerKind: 'Job', phase: 'Pending' }, true],
  ['on its way out', { deleting: true }, true],
  ['static', { mirror: true }, false],
  ['owned by the node', { ownerKind: 'Node' }, false],
  ['of a DaemonSet', { ownerKind: 'DaemonSet' }, false],
  ['done', { phase: 'Succeeded' }, false],
  ['failed', { phase: 'Failed' }, false],
])('moves a pod that is %s: %s', (_name, changes, expected) => {
  expect(movable([{ ...pod, ...changes }])).toHaveLength(expected ? 1 : 0);
});

test('a pod is named with its namespace', () => {
  expect(podName(pod)).toBe('default/web-0');
});
