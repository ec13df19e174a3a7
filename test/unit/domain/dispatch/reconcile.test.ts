/** What nobody owns is undone or handed over; what an open repair owns, and what nobody can say, is left alone. */
import { describe, expect, test } from 'vitest';
import { decide, recordsKeptMs, repairsIn } from '../../../../domain/dispatch/reconcile.ts';
import type { Fix, Holdings, Standing } from '../../../../domain/dispatch/reconcile.ts';
import { emptyRecord, evolve } from '../../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../../domain/dispatch/types.ts';
import type { NodeFacts, PodFacts } from '../../../../domain/node.ts';
import { fieldManagers, marks } from '../../../../domain/vocabulary/marks.ts';
import type { Outcome } from '../../../../domain/vocabulary/repair.ts';
import { at, fault, repairId } from '../../../support/given.ts';
import { nodeFacts } from '../../../support/samples.ts';

function isolated(mark: object = {}, changes: Partial<NodeFacts> = {}): NodeFacts {
  return nodeFacts({
    unschedulable: true,
    unschedulableOwner: fieldManagers.isolation,
    marks: { [marks.isolation]: JSON.stringify({ repair: repairId, at: 1, ...mark }) },
    ...changes,
  });
}

function kinds(found: Partial<Holdings>, standing: Standing): readonly Fix['kind'][] {
  return fixes(found, standing).map(({ kind }) => kind);
}

const serving = nodeFacts({ unschedulable: false });
const { name: node } = serving;
const permit = { repairId, node, nodeUid: serving.uid, grantedAt: 1 };
const pod = { namespace: 'default', name: 'web-0', uid: 'p-1', node, repair: repairId } as PodFacts;

const nothing: Holdings = { nodes: [serving], permits: [], waiters: [], pods: [], records: [] };

function fixes(found: Partial<Holdings>, standing: Standing, now = at(100)): readonly Fix[] {
  return decide({ ...nothing, ...found }, () => standing, now);
}

function closed(outcome: Outcome): EpisodeRecord {
  return evolve(opened(), { kind: 'closed', repairId, outcome, reason: 'healed', at: at(50) });
}

function opened(): EpisodeRecord {
  return evolve(emptyRecord(fault), {
    kind: 'opened',
    episode: {
      repairId,
      openedAt: at(0),
      openingEventId: fault.id,
      check: fault.check,
      policy: 'kernel',
    },
  });
}

describe('what a closed repair left behind', () => {
  test.each<[Fix['kind'], Partial<Holdings>]>([
    ['returnPermit', { permits: [permit] }],
    ['dropWaiter', { waiters: [{ repairId, node }] }],
    ['unlabelPod', { pods: [pod] }],
    ['handOverNode', { nodes: [isolated()] }],
    ['dropMark', { nodes: [isolated({}, { unschedulable: false })] }],
  ])('%s', (kind, found) => {
    expect(kinds(found, 'closed')).toEqual([kind]);
    expect(kinds(found, 'open')).toEqual([]);
    expect(kinds(found, 'unknown')).toEqual([]);
  });

  test('is asked about once per repair and node', () => {
    const found = {
      ...nothing,
      nodes: [isolated(), isolated({ repair: 'r-b', outcome: 'escalated' }, { name: 'b' })],
      permits: [permit],
      waiters: [{ repairId: 'r-c', node: 'c' }],
      pods: [pod, { ...pod, name: 'web-1' }, { ...pod, repair: undefined } as unknown as PodFacts],
    };
    expect(repairsIn(found)).toEqual([
      { repairId, node },
      { repairId: 'r-c', node: 'c' },
      { repairId: '', node },
    ]);
  });
});

describe('the mark of a hand-over', () => {
  test('stays while the node is out', () => {
    expect(kinds({ nodes: [isolated({ outcome: 'escalated' })] }, 'closed')).toEqual([]);
  });

  test('is history once a person uncordoned the node, whatever is known of the repair', () => {
    const back = isolated({ outcome: 'escalated' }, { unschedulable: false });
    expect(kinds({ nodes: [back] }, 'unknown')).toEqual(['dropMark']);
  });

  test('on a cordon of somebody else is theirs', () => {
    const theirs = isolated({}, { unschedulableOwner: 'kubectl-cordon' });
    expect(kinds({ nodes: [theirs] }, 'closed')).toEqual([]);
  });
});

describe('the note of a hand-over', () => {
  const noted = nodeFacts({
    unschedulable: false,
    uid: fault.nodeUid,
    marks: { [marks.handedOver]: '{}' },
  });

  test.each<[string, EpisodeRecord | undefined, readonly Fix['kind'][]]>([
    ['stays without a record', undefined, []],
    ['stays while the repair is handed over', closed('taken-over'), []],
    ['stays while a repair is open', opened(), []],
    ['stays with the record of another machine', { ...closed('repaired'), nodeUid: 'other' }, []],
    [
      'goes with the hand-over',
      { ...closed('taken-over'), episode: undefined, clearedAt: 1 },
      ['dropNote'],
    ],
    ['stays where no hand-over was known', { ...closed('taken-over'), episode: undefined }, []],
    ['goes after a later repair', closed('repaired'), ['dropNote']],
  ])('%s', (_what, record, expected) => {
    expect(kinds({ nodes: [noted], records: record ? [record] : [] }, 'closed')).toEqual(expected);
  });
});

describe('the record of a node that is gone', () => {
  const gone = { nodes: [nodeFacts({ name: 'other', unschedulable: false })] };

  test('tells its open repair', () => {
    expect(kinds({ ...gone, records: [opened()] }, 'open')).toEqual(['tellDeleted']);
  });

  test('is forgotten as late as reports are', () => {
    const found = { ...gone, records: [closed('repaired')] };
    expect(fixes(found, 'closed', at(50) + recordsKeptMs)).toEqual([]);
    expect(fixes(found, 'closed', at(51) + recordsKeptMs).map(({ kind }) => kind)).toEqual([
      'forgetRecord',
    ]);
    const never = { ...gone, records: [emptyRecord(fault)] };
    expect(fixes(never, 'closed').map(({ kind }) => kind)).toEqual(['forgetRecord']);
  });

  test('is left alone when no node at all is known: an empty list is no list', () => {
    expect(kinds({ nodes: [], records: [opened()] }, 'open')).toEqual([]);
  });

  test('of a node that is there is left alone', () => {
    expect(kinds({ records: [opened()] }, 'open')).toEqual([]);
  });
});
