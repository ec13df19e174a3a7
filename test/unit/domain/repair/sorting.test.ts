import { describe, expect, test } from 'vitest';
import type { PodFacts } from '../../../../domain/node.ts';
import type { MigrationRules } from '../../../../domain/repair/policy.ts';
import {
  isLatecomer,
  mostStaying,
  ownerOf,
  sortPods,
  unsaid,
} from '../../../../domain/repair/sorting.ts';
import type { Sorting } from '../../../../domain/repair/sorting.ts';
import type { Staying } from '../../../../domain/repair/types.ts';
import { policy } from '../../../support/given.ts';

const bare: PodFacts = {
  namespace: 'default',
  name: 'web-0',
  uid: 'p-1',
  node: 'n-1',
  phase: 'Running',
  mirror: false,
  deleting: false,
  graceSeconds: 30,
  createdAt: 1_000,
  toleratesCordon: false,
  localData: false,
};
const owned: PodFacts = { ...bare, ownerKind: 'ReplicaSet', ownerName: 'web' };
const owner = 'default/ReplicaSet/web';

/** Where the pod is put, and why if it does not move. */
function placeOf(pod: PodFacts, how: Sorting = sorting()): string {
  const { moving, kept, staying } = sortPods([pod], how);
  return (
    [
      ...moving.map(() => 'moves'),
      ...kept.map(({ why }) => why),
      ...staying.map(({ why }) => why),
    ].join(' and ') || 'is ignored'
  );
}

function sorting(rules: Partial<MigrationRules> = {}, changes: Partial<Sorting> = {}): Sorting {
  return {
    rules: { ...policy().migration, ...rules },
    isolatedAt: 5_000,
    latecomers: [],
    ...changes,
  };
}

describe('a pod is moved, kept or ignored by what it is', () => {
  test.each<[string, Partial<PodFacts>, string]>([
    ['of a ReplicaSet', {}, 'moves'],
    ['of a Job, waiting', { ownerKind: 'Job', phase: 'Pending' }, 'moves'],
    ['on its way out', { deleting: true }, 'moves'],
    ['marked, and on its way out', { deleting: true, protectedBy: 'x' }, 'moves'],
    ['with local data', { localData: true }, 'moves'],
    ['static', { mirror: true }, 'is ignored'],
    ['owned by the node', { ownerKind: 'Node' }, 'is ignored'],
    ['of a DaemonSet', { ownerKind: 'DaemonSet', toleratesCordon: true }, 'is ignored'],
    ['done', { phase: 'Succeeded' }, 'is ignored'],
    ['failed', { phase: 'Failed' }, 'is ignored'],
    ['marked', { protectedBy: 'karpenter.sh/do-not-disrupt' }, 'do-not-disrupt'],
  ])('%s', (_name, changes, expected) => {
    expect(placeOf({ ...owned, ...changes })).toBe(expected);
  });

  test('a bare one is kept, unless it is leaving or done', () => {
    expect(placeOf(bare)).toBe('no-controller');
    expect(placeOf({ ...bare, toleratesCordon: true })).toBe('no-controller');
    expect(placeOf({ ...bare, deleting: true })).toBe('moves');
    expect(placeOf({ ...bare, phase: 'Succeeded' })).toBe('is ignored');
  });

  test('the policy may say otherwise', () => {
    expect(placeOf(bare, sorting({ barePods: 'evict' }))).toBe('moves');
    expect(placeOf(bare, sorting({ barePods: 'refuse' }))).toBe('no-controller');
    const marked = { ...owned, protectedBy: 'x' };
    expect(placeOf(marked, sorting({ doNotDisrupt: 'ignore' }))).toBe('moves');
    expect(placeOf(marked, sorting({ doNotDisrupt: 'respect' }))).toBe('do-not-disrupt');
    const local = { ...owned, localData: true };
    expect(placeOf(local, sorting({ localData: 'refuse' }))).toBe('local-data');
    expect(placeOf(local, sorting({ localData: 'evict' }))).toBe('moves');
    expect(placeOf(owned, sorting({ localData: 'refuse' }))).toBe('moves');
  });
});

describe('a pod that its controller would bring back', () => {
  test('stays where it tolerates the cordon', () => {
    const pod = { ...owned, toleratesCordon: true, protectedBy: 'x' };
    expect(sortPods([pod], sorting())).toEqual({
      moving: [],
      kept: [],
      staying: [{ pod: 'default/web-0', why: 'tolerates', owner }],
    });
  });

  test('is evicted once where it came after the isolation, and stays when it comes back', () => {
    const late = { ...owned, createdAt: 6_000 };
    expect(isLatecomer(late, sorting())).toBe(true);
    expect(placeOf(late)).toBe('moves');
    const known = sorting({}, { latecomers: [owner] });
    expect(placeOf(late, known)).toBe('came-back');
    expect(placeOf(owned, known)).toBe('moves');
    expect(placeOf({ ...bare, createdAt: 6_000 }, known)).toBe('no-controller');
  });

  test('is no latecomer in the second of the isolation, nor where nobody knows when that was', () => {
    expect(isLatecomer({ ...owned, createdAt: 5_000 }, sorting())).toBe(false);
    expect(
      isLatecomer({ ...owned, createdAt: 6_000 }, sorting({}, { isolatedAt: undefined })),
    ).toBe(false);
  });
});

test('an owner is named as far as it is known', () => {
  expect(ownerOf(owned)).toBe(owner);
  expect(ownerOf(bare)).toBe('');
  expect(ownerOf({ ...bare, ownerKind: 'Odd' })).toBe('default/Odd/');
});

test('what stays is said once: by name or by owner', () => {
  const stays = (pod: string, of: string): Staying => ({ pod, why: 'tolerates', owner: of });
  const said = [stays('a/1', 'a/R/x'), stays('a/2', '')];
  expect(unsaid([stays('a/1', 'a/R/y'), stays('a/9', 'a/R/x')], said)).toEqual([]);
  expect(unsaid([stays('a/9', 'a/R/y')], said)).toHaveLength(1);
  expect(unsaid([stays('a/9', '')], said)).toHaveLength(1);
  const full = Array.from({ length: mostStaying }, () => stays('a/1', 'a/R/x'));
  expect(unsaid([stays('a/9', 'a/R/y')], full)).toEqual([]);
});
