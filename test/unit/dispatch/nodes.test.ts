/** What running repairs hear of their nodes, and of those that had the name before. */
import { expect, test } from 'vitest';
import { followNode } from '../../../dispatch/nodes.ts';
import type { NodesOptions } from '../../../dispatch/nodes.ts';
import { emptyRecord } from '../../../domain/dispatch/evolve.ts';
import type { NodeFacts } from '../../../domain/node.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import type { Arrival, Unstamped } from '../../../domain/repair/types.ts';
import { createStore } from '../../../kube/cache/store.ts';
import { at, fault, repairId } from '../../support/given.ts';
import { nodeFacts, taint } from '../../support/nodes.ts';

const { node: name, nodeUid } = fault;

const record: EpisodeRecord = {
  ...emptyRecord(fault),
  formerUids: ['former'],
  episode: {
    repairId,
    openedAt: at(0),
    openingEventId: fault.id,
    check: fault.check,
    policy: 'kernel',
  },
};

type Change = Parameters<typeof followNode>[1];

async function heard(...changes: readonly Change[]): Promise<readonly Unstamped<Arrival>[]> {
  const told: Unstamped<Arrival>[] = [];
  const options = {
    records: { get: () => record },
    voice: {
      tell: async (_record: unknown, arrival: Unstamped<Arrival>) => void told.push(arrival),
    },
    reconsider: () => undefined,
  } as unknown as NodesOptions;
  for (const change of changes) await followNode(options, change);
  return told;
}

function node(uid: string, resourceVersion = '1') {
  return nodeFacts({ name, uid, resourceVersion });
}

test('the deletion of its node is told as such', async () => {
  expect(await heard({ kind: 'deleted', before: node(nodeUid) })).toMatchObject([
    { kind: 'lost', reason: 'deleted' },
  ]);
});

test.each<[string, Change]>([
  ['deleted', { kind: 'deleted', before: node('former') }],
  ['changed', { kind: 'changed', before: node('former'), after: node('former', '2') }],
  ['added', { kind: 'added', after: node('former') }],
  ['deleted, and was never heard of', { kind: 'deleted', before: node('unheard-of') }],
])('nothing is told when a node that had the name before is %s', async (_what, change) => {
  expect(await heard(change)).toEqual([]);
});

test('a node that takes the place of its own is told as a replacement', async () => {
  expect(await heard({ kind: 'added', after: node('next') })).toMatchObject([
    { kind: 'lost', reason: 'replaced' },
  ]);
});

test('a watch that hears of the replacement late ends nothing of the new node', async () => {
  const store = createStore({
    keyOf: (one: ReturnType<typeof node>) => one.name,
    uidOf: ({ uid }) => uid,
    same: (one, other) => one.resourceVersion === other.resourceVersion,
  });
  store.put(node('former'));
  const replaced = store.put(node(nodeUid, '5'));
  expect(replaced.map(({ kind }) => kind)).toEqual(['deleted', 'added']);
  const reasons = (await heard(...replaced)).map((arrival) => arrival.kind);
  expect(reasons).not.toContain('lost');
});

test.each<[string, Partial<NodeFacts>]>([
  ['tainted by an autoscaler', { taints: [taint('ToBeDeletedByClusterAutoscaler')] }],
  ['being deleted', { deleting: true }],
])('a node that is now %s makes its repair look, once', async (_what, changes) => {
  const before = node(nodeUid);
  const after = { ...node(nodeUid, '2'), ...changes };
  expect(await heard({ kind: 'changed', before, after })).toEqual([
    { kind: 'lookAgain', because: 'the node is about to be removed' },
  ]);
  const later = { ...after, resourceVersion: '3' };
  expect(await heard({ kind: 'changed', before: after, after: later })).toEqual([]);
});
