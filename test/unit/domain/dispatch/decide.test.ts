import { describe, expect, test } from 'vitest';
import { decide, policyFor, untouchableReason } from '../../../../domain/dispatch/decide.ts';
import type { DispatchContext } from '../../../../domain/dispatch/decide.ts';
import type { DispatchEvent } from '../../../../domain/dispatch/evolve.ts';
import type { DispatchDecision } from '../../../../domain/dispatch/types.ts';
import type { NodeFacts } from '../../../../domain/node.ts';
import { foreignMarks, marks } from '../../../../domain/vocabulary/marks.ts';
import type { Outcome } from '../../../../domain/vocabulary/repair.ts';
import { recordOf, reported } from '../../../support/dispatch.ts';
import { at, fault, firstBoot, minute, nextBoot, policy } from '../../../support/given.ts';
import { isolatedBy, nodeFacts, taint } from '../../../support/nodes.ts';

const kernel = policy();
const disk = policy({ name: 'disk', checks: ['ReadonlyFilesystem'], holdDownMs: 2 * minute });
const context: DispatchContext = { node: nodeFacts(), policies: [kernel, disk], mode: 'act' };

const stored = reported;

const opened: DispatchEvent = {
  kind: 'opened',
  episode: {
    repairId: 'r-1',
    openedAt: at(60),
    openingEventId: fault.id,
    check: fault.check,
    policy: 'kernel',
  },
};

function open(check = fault.check, name = 'kernel') {
  return { kind: 'open', check, policy: name } as const;
}

function closed(outcome: Outcome, seconds = 120): DispatchEvent {
  return {
    kind: 'closed',
    repairId: 'r-1',
    outcome,
    reason: 'healed',
    at: at(seconds),
  };
}

function given(
  events: readonly DispatchEvent[],
  changes: Partial<DispatchContext> = {},
): {
  readonly when: (seconds: number) => { readonly decides: (it: Partial<DispatchDecision>) => void };
} {
  const record = recordOf(...events);
  return {
    when: (seconds) => ({
      decides: (decision) =>
        expect(decide(record, { ...context, ...changes }, at(seconds))).toMatchObject(decision),
    }),
  };
}

describe('a fault', () => {
  test('opens a repair once it has lasted for the hold-down of its policy', () => {
    const { when } = given([stored(0)]);
    when(59).decides({ kind: 'ignore', reason: 'holding-down', lookAgainAt: at(60) });
    when(60).decides(open());
  });

  test('counts its hold-down from the first faulty report, not from the last', () => {
    given([stored(0), stored(50)])
      .when(60)
      .decides(open());
    given([stored(0), stored(30, { verdict: 'unknown' }), stored(50)])
      .when(60)
      .decides(open());
  });

  test('starts its hold-down anew after it was healthy', () => {
    given([stored(0), stored(30, { verdict: 'healthy' }), stored(50)])
      .when(60)
      .decides({ kind: 'ignore', reason: 'holding-down', lookAgainAt: at(110) });
  });

  test('a record from elsewhere without its beginning counts from when it was heard', () => {
    const record = recordOf(stored(0));
    const reports = record.reports.map((report) => ({ ...report, faultySince: undefined }));
    expect(decide({ ...record, reports }, context, at(60))).toMatchObject(open());
  });

  test('of another boot than the node is in says nothing about this one', () => {
    const node = nodeFacts({ bootId: nextBoot });
    given([stored(0)], { node })
      .when(900)
      .decides({ kind: 'ignore', reason: 'unknown-health' });
    const both = [stored(0), stored(1, { bootId: nextBoot }, { bootId: firstBoot })];
    given(both, { node }).when(900).decides(open());
  });

  test('that may be repaired is, although an earlier one may not', () => {
    const kept = policy({ touch: { ...kernel.touch, controlPlane: false } });
    const bold = { ...disk, touch: { ...disk.touch, controlPlane: true } };
    const there = { node: nodeFacts({ controlPlane: true }), policies: [kept, bold] };
    const both = [stored(0), stored(1, { check: 'ReadonlyFilesystem' })];
    const { when } = given(both, there);
    when(120).decides({ kind: 'ignore', reason: 'holding-down', lookAgainAt: at(121) });
    when(121).decides(open('ReadonlyFilesystem', 'disk'));
    given([stored(0)], there)
      .when(900)
      .decides({ kind: 'ignore', reason: 'control-plane' });
  });

  test('that is due first opens the repair', () => {
    const filesystem = stored(1, { check: 'ReadonlyFilesystem' });
    given([stored(0), filesystem])
      .when(300)
      .decides(open());
    given([filesystem, stored(30)])
      .when(300)
      .decides(open());
    given([stored(100), filesystem])
      .when(300)
      .decides(open('ReadonlyFilesystem', 'disk'));
    given([filesystem, stored(100)])
      .when(300)
      .decides(open('ReadonlyFilesystem', 'disk'));
  });

  test('that no policy names opens nothing', () => {
    given([stored(0, { check: 'NTPProblem' })])
      .when(900)
      .decides({ kind: 'ignore', reason: 'no-policy' });
  });

  test('that is over opens nothing', () => {
    given([stored(0, { verdict: 'healthy' })])
      .when(900)
      .decides({ kind: 'ignore', reason: 'not-faulty' });
    given([]).when(900).decides({ kind: 'ignore', reason: 'not-faulty' });
  });

  test('informs the repair that is open, also when the fault is over', () => {
    given([stored(0), opened])
      .when(61)
      .decides({ kind: 'inform', repairId: 'r-1' });
    given([stored(0), opened, stored(70, { verdict: 'healthy' })])
      .when(70)
      .decides({ kind: 'inform', repairId: 'r-1' });
  });
});

describe('a node', () => {
  test('that the cache does not know, or knows as another, is left alone', () => {
    given([stored(0)], { node: undefined })
      .when(900)
      .decides({ kind: 'ignore', reason: 'node-unknown' });
    given([stored(0)], { node: nodeFacts({ uid: 'another' }) })
      .when(900)
      .decides({ kind: 'ignore', reason: 'wrong-node-uid' });
  });

  const touch = { controlPlane: true, cordonedByOther: true, disruptedByAutoscaler: true };
  const kept = { [marks.isolation]: '{"repair":"r-0","at":1,"outcome":"escalated"}' };

  test.each<[string, Partial<NodeFacts>, string | undefined, string | undefined]>([
    ['free', {}, undefined, undefined],
    ['held', { marks: { [marks.hold]: 'x' } }, 'held', 'held'],
    ['being deleted', { deleting: true }, 'being-deleted', 'being-deleted'],
    ['control plane', { controlPlane: true }, 'control-plane', undefined],
    ['cordoned', { unschedulable: true }, 'cordoned-by-other', undefined],
    ['kept for a person', { unschedulable: true, marks: kept }, 'cordoned-by-other', undefined],
    ['put back by a person', { marks: kept }, undefined, undefined],
    ['isolated by a repair', isolatedBy('r-0'), undefined, undefined],
    [
      'tainted otherwise',
      { taints: [taint('node.kubernetes.io/not-ready')] },
      undefined,
      undefined,
    ],
    ...foreignMarks.disruptionTaints.map((key): [string, Partial<NodeFacts>, string, undefined] => [
      key,
      { taints: [taint('other'), taint(key)] },
      'disrupted-by-autoscaler',
      undefined,
    ]),
  ])('that is %s', (_name, changes, usual, bold) => {
    expect(untouchableReason(nodeFacts(changes), kernel)).toBe(usual);
    expect(untouchableReason(nodeFacts(changes), { ...kernel, touch })).toBe(bold);
  });

  test('that must not be touched opens nothing', () => {
    given([stored(0)], { node: nodeFacts({ deleting: true }) })
      .when(900)
      .decides({ kind: 'ignore', reason: 'being-deleted' });
  });
});

describe('an episode that ended', () => {
  const over = (outcome: Outcome): readonly DispatchEvent[] => [stored(0), opened, closed(outcome)];

  test.each(['escalated', 'taken-over', 'cancelled'] as const)(
    'as %s keeps automation away',
    (outcome) => {
      given(over(outcome)).when(900).decides({ kind: 'ignore', reason: 'handed-over' });
    },
  );

  test.each(['repaired', 'recovered'] as const)('as %s gives way to the next report', (outcome) => {
    given(over(outcome)).when(900).decides({ kind: 'ignore', reason: 'not-newer' });
    given([...over(outcome), stored(121)])
      .when(900)
      .decides(open());
  });

  test('as observed keeps an observer away, but not who may act', () => {
    given(over('observed'), { mode: 'observe' })
      .when(900)
      .decides({ kind: 'ignore', reason: 'handed-over' });
    given(over('observed')).when(900).decides(open());
  });

  test('and was handed over is over after the soak time in health', () => {
    const well = stored(130, { verdict: 'healthy' });
    given([...over('escalated'), well, stored(189)])
      .when(900)
      .decides({ kind: 'ignore', reason: 'handed-over' });
    given([...over('escalated'), well, stored(190)])
      .when(900)
      .decides(open());
  });

  test('counts its soak from the hand-over, not from an earlier recovery', () => {
    const early = [stored(0), opened, stored(65, { verdict: 'healthy' }), closed('cancelled', 120)];
    given([...early, stored(179)])
      .when(900)
      .decides({ kind: 'ignore', reason: 'handed-over' });
    given([...early, stored(180)])
      .when(900)
      .decides(open());
  });

  test('is not over while it is open, however long the node has been well', () => {
    given([stored(0), opened, stored(65, { verdict: 'healthy' }), stored(900)])
      .when(990)
      .decides({ kind: 'inform', repairId: 'r-1' });
  });

  test('needs every check to be healthy', () => {
    const other = stored(125, { check: 'ReadonlyFilesystem' });
    const well = stored(130, { verdict: 'healthy' });
    given([...over('escalated'), other, well, stored(900)])
      .when(900)
      .decides({ kind: 'ignore', reason: 'handed-over' });
  });

  test('lives on in the mark when the record was lost, until the node has been well', () => {
    const node = nodeFacts({ marks: { [marks.handedOver]: '{}' } });
    given([stored(0)], { node })
      .when(900)
      .decides({ kind: 'ignore', reason: 'handed-over' });
    given([stored(0, { verdict: 'healthy' }), stored(60)], { node })
      .when(900)
      .decides(open());
    given([...over('repaired'), stored(121)], { node })
      .when(900)
      .decides(open());
  });

  test('frees the next episode from what was cleared before it', () => {
    const node = nodeFacts({ marks: { [marks.handedOver]: '{}' } });
    const events = [stored(0, { verdict: 'healthy' }), stored(60), opened];
    const record = recordOf(...events);
    expect(record.clearedAt).toBeUndefined();
    expect(decide({ ...record, episode: undefined }, { ...context, node }, at(900))).toEqual({
      kind: 'ignore',
      reason: 'handed-over',
    });
  });
});

test('the first policy that names a check is its policy', () => {
  const second = policy({ name: 'second' });
  expect(policyFor(fault.check, [disk, kernel, second])?.name).toBe('kernel');
  expect(policyFor('NTPProblem', [disk, kernel])).toBeUndefined();
});
