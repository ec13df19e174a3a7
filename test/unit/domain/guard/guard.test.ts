import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adoptions, countOut, decide, limitOf } from '../../../../domain/guard/decide.ts';
import { evolve } from '../../../../domain/guard/evolve.ts';
import type { GuardLimits } from '../../../../domain/guard/policy.ts';
import { emptyLedger } from '../../../../domain/guard/types.ts';
import type { Applicant, Ledger, Permit } from '../../../../domain/guard/types.ts';
import type { NodeFacts } from '../../../../domain/node.ts';
import { marks } from '../../../../domain/vocabulary/marks.ts';
import { at, policy } from '../../../support/given.ts';
import { isolatedBy, nodeFacts } from '../../../support/nodes.ts';

const limits = policy().guard;

function cluster(size: number): NodeFacts[] {
  return Array.from({ length: size }, (_, n) => node(n));
}

function node(n: number, changes: Partial<NodeFacts> = {}): NodeFacts {
  return nodeFacts({ name: `n-${n}`, uid: `u-${n}`, ...changes });
}

function applicant(n: number, changes: Partial<Applicant> = {}): Applicant {
  return {
    repairId: `r-${n}`,
    node: `n-${n}`,
    nodeUid: `u-${n}`,
    limits,
    ...changes,
  };
}
function permit(n: number): Permit {
  return {
    repairId: `r-${n}`,
    node: `n-${n}`,
    nodeUid: `u-${n}`,
    grantedAt: at(0),
  };
}
function ledgerOf(...permits: readonly Permit[]): Ledger {
  return { version: 1, permits };
}

/** The answers of one batch, as words. */
function ask(
  nodes: readonly NodeFacts[],
  applicants: readonly Applicant[],
  ledger = emptyLedger,
): string[] {
  return decide({ ledger, nodes }, applicants, at(0)).answers.map((answer) =>
    answer.kind === 'granted' ? 'granted' : answer.reason,
  );
}

test.each<[number, Partial<GuardLimits>, number]>([
  [3, {}, 1],
  [19, {}, 1],
  [20, {}, 2],
  [29, {}, 2],
  [100, {}, 10],
  [5_000, {}, 10],
  [50, { maxUnavailablePercent: 20 }, 10],
  [20, { maxUnavailableNodes: 1 }, 1],
  [20, { maxUnavailableNodes: 0 }, 0],
  [20, { maxUnavailablePercent: 0 }, 0],
  [20, { maxUnavailablePercent: 0.1 }, 1],
  [0, {}, 1],
])('of %i nodes with %o, %i may be out', (nodes, changes, expected) => {
  expect(limitOf(nodes, { ...limits, ...changes })).toBe(expected);
});

describe('a batch', () => {
  test('is answered in order, each grant counting against the next', () => {
    const { ledger, answers } = decide(
      { ledger: emptyLedger, nodes: cluster(20) },
      [applicant(0), applicant(1), applicant(2)],
      at(7),
    );
    expect(answers).toEqual([
      { kind: 'granted', repairId: 'r-0', out: 0, limit: 2 },
      { kind: 'granted', repairId: 'r-1', out: 1, limit: 2 },
      { kind: 'refused', repairId: 'r-2', reason: 'budget-full', out: 2, limit: 2 },
    ]);
    expect(ledger).toEqual({
      version: 1,
      permits: [
        { ...permit(0), grantedAt: at(7) },
        { ...permit(1), grantedAt: at(7) },
      ],
    });
  });

  test.each<[string, Partial<NodeFacts>]>([
    ['cordoned', { unschedulable: true }],
    ['not Ready', { ready: 'False' }],
    ['of unknown readiness', { ready: 'Unknown' }],
    ['marked', { unschedulable: true, marks: isolatedBy('r-9').marks }],
    [
      'handed over',
      {
        unschedulable: true,
        marks: { [marks.isolation]: '{"repair":"r-9","at":1,"outcome":"escalated"}' },
      },
    ],
  ])('counts a node that is %s as out', (_name, changes) => {
    const nodes = cluster(10).with(5, node(5, changes));
    expect(ask(nodes, [applicant(0)])).toEqual(['budget-full']);
    expect(countOut({ ledger: emptyLedger, nodes })).toBe(1);
  });

  test('does not count a mark on a node that a person uncordoned: it is history', () => {
    const nodes = cluster(10).with(5, node(5, { marks: isolatedBy('r-9').marks }));
    expect(ask(nodes, [applicant(0)])).toEqual(['granted']);
    expect(adoptions({ ledger: emptyLedger, nodes }, at(3))).toEqual([]);
  });

  test('does not count the applicant against itself', () => {
    const nodes = cluster(10).with(0, node(0, { ready: 'False' }));
    expect(ask(nodes, [applicant(0)])).toEqual(['granted']);
  });

  test('counts a node once, whatever speaks for it', () => {
    const nodes = cluster(20).with(1, node(1, { unschedulable: true, ready: 'False' }));
    expect(countOut({ ledger: ledgerOf(permit(1)), nodes })).toBe(1);
    expect(ask(nodes, [applicant(0)], ledgerOf(permit(1)))).toEqual(['granted']);
  });

  test('counts permits of nodes that nobody sees', () => {
    expect(ask(cluster(10), [applicant(0)], ledgerOf(permit(99)))).toEqual(['budget-full']);
  });

  test('confirms a permit that is held, without a second one', () => {
    const ledger = ledgerOf(permit(0), permit(1), permit(2));
    const view = { ledger, nodes: cluster(10) };
    const answer = decide(view, [applicant(0)], at(9));
    expect(answer.answers).toEqual([{ kind: 'granted', repairId: 'r-0', out: 2, limit: 1 }]);
    expect(answer.ledger).toEqual(ledger);
  });

  test('refuses what it does not see', () => {
    expect(ask([], [applicant(0)])).toEqual(['nodes-unreadable']);
    expect(ask(cluster(10), [applicant(0, { nodeUid: 'another' })])).toEqual(['node-unknown']);
  });

  test('refuses the control plane and small clusters, unless the policy allows them', () => {
    const control = cluster(10).with(0, node(0, { controlPlane: true }));
    expect(ask(control, [applicant(0)])).toEqual(['control-plane']);
    const bold = { ...limits, allowControlPlane: true, allowSmallClusters: true };
    expect(ask(control, [applicant(0, { limits: bold })])).toEqual(['granted']);
    expect(ask(cluster(2), [applicant(0)])).toEqual(['cluster-too-small']);
    expect(ask(cluster(2), [applicant(0, { limits: bold })])).toEqual(['granted']);
    expect(ask(cluster(3), [applicant(0)])).toEqual(['granted']);
  });
});

describe('the ledger', () => {
  test('holds one permit per repair and forgets released ones', () => {
    const again = { ...permit(1), grantedAt: at(5) };
    const two = evolve(ledgerOf(permit(1), permit(2)), { kind: 'granted', permit: again });
    expect(two.permits).toEqual([permit(2), again]);
    expect(evolve(two, { kind: 'released', repairId: 'r-1' }).permits).toEqual([permit(2)]);
    expect(evolve(two, { kind: 'released', repairId: 'r-9' })).toEqual(two);
  });

  test('adopts marks that no permit stands for, but no hand-over', () => {
    const nodes = [
      node(0),
      node(1, { unschedulable: true, marks: isolatedBy('r-1').marks }),
      node(2, { unschedulable: true, marks: isolatedBy('r-2').marks }),
      node(3, {
        unschedulable: true,
        marks: { [marks.isolation]: '{"repair":"r-3","at":1,"outcome":"escalated"}' },
      }),
    ];
    expect(adoptions({ ledger: ledgerOf(permit(1)), nodes }, at(3))).toEqual([
      { ...permit(2), grantedAt: at(3), adopted: true },
    ]);
  });
});

describe('promises', () => {
  const anyNode = fc.record({
    unschedulable: fc.boolean(),
    ready: fc.constantFrom('True', 'True', 'False', 'Unknown'),
    marked: fc.boolean(),
    controlPlane: fc.boolean(),
  });
  const anyView = fc.record({
    nodes: fc.array(anyNode, { maxLength: 40 }),
    permits: fc.uniqueArray(fc.nat(45), { maxLength: 8 }),
    applicants: fc.array(fc.nat(45), { maxLength: 30 }),
    percent: fc.nat(100),
    cap: fc.nat(12),
  });

  type Drawn = typeof anyView extends fc.Arbitrary<infer V> ? V : never;

  function view(drawn: Drawn) {
    const nodes = drawn.nodes.map(({ marked, ...facts }, n) =>
      node(n, { ...facts, marks: marked ? isolatedBy(`m-${n}`).marks : {} }),
    );
    const given: GuardLimits = {
      maxUnavailablePercent: drawn.percent,
      maxUnavailableNodes: drawn.cap,
      allowControlPlane: true,
      allowSmallClusters: true,
    };
    const applicants = drawn.applicants.map((n) => applicant(n, { limits: given }));
    return { nodes, applicants, given, ledger: ledgerOf(...drawn.permits.map(permit)) };
  }

  test('grants never take more nodes out than the limit, for any batch and any mix of nodes out', () => {
    fc.assert(
      fc.property(anyView, (drawn) => {
        const { nodes, applicants, given, ledger } = view(drawn);
        const before = countOut({ ledger, nodes });
        const after = decide({ ledger, nodes }, applicants, at(0));
        const limit = limitOf(nodes.length, given);
        const out = countOut({ ledger: after.ledger, nodes });
        expect(out).toBeLessThanOrEqual(Math.max(before, limit));
      }),
    );
  });

  test('an empty list of nodes grants nothing new', () => {
    fc.assert(
      fc.property(anyView, (drawn) => {
        const { applicants, ledger } = view(drawn);
        expect(decide({ ledger, nodes: [] }, applicants, at(0)).ledger).toEqual(ledger);
      }),
    );
  });

  test('every applicant is answered, in order, and holds a permit exactly when it was granted', () => {
    fc.assert(
      fc.property(anyView, (drawn) => {
        const { nodes, applicants, ledger } = view(drawn);
        const { answers, ledger: then } = decide({ ledger, nodes }, applicants, at(0));
        expect(answers.map(({ repairId }) => repairId)).toEqual(
          applicants.map(({ repairId }) => repairId),
        );
        const held = new Set(then.permits.map(({ repairId }) => repairId));
        expect(then.permits).toHaveLength(held.size);
        const last = new Map(answers.map((answer) => [answer.repairId, answer.kind]));
        for (const [repairId, kind] of last) expect(held.has(repairId)).toBe(kind === 'granted');
      }),
    );
  });
});
