/** One order of reports, one definition of health. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksOf, healthOf, merged, verdictOf, withReport } from '../../../domain/evidence.ts';
import type { Evidence } from '../../../domain/evidence.ts';

function report(changes: Partial<Evidence> = {}): Evidence {
  return {
    check: 'KernelDeadlock',
    observer: 'agent',
    verdict: 'faulty',
    bootId: 'b1',
    counter: 1,
    sequence: 1,
    ...changes,
  };
}

function heard(reports: readonly Evidence[], presentBoot = 'b1'): readonly Evidence[] {
  return reports.reduce<readonly Evidence[]>(
    (known, one) => withReport(known, one, presentBoot),
    [],
  );
}

function sequences(reports: readonly Evidence[]) {
  return reports.map(({ sequence }) => sequence);
}

describe('the order of reports', () => {
  test('is the counter of their observer within a boot, whatever came first', () => {
    const late = report({ counter: 3, sequence: 1 });
    const known = heard([late]);
    expect(withReport(known, report({ counter: 3, sequence: 9 }), 'b1')).toBe(known);
    expect(withReport(known, report({ counter: 2, sequence: 9 }), 'b1')).toBe(known);
    expect(sequences(heard([late, report({ counter: 4, sequence: 2 })]))).toEqual([2]);
  });

  test('is kept for each observer and check', () => {
    const others = [report({ observer: 'probe' }), report({ check: 'Ready' })];
    expect(heard([report(), ...others])).toHaveLength(3);
  });

  test('is never changed by a boot that the API server does not tell', () => {
    const known = heard([report({ counter: 5 })]);
    const made = withReport(known, report({ bootId: 'made-up', counter: 99, sequence: 2 }), 'b1');
    expect(made.map(({ bootId }) => bootId)).toEqual(['b1', 'made-up']);
    const truth = withReport(made, report({ counter: 6, sequence: 3 }), 'b1');
    expect(truth.map(({ counter }) => counter)).toEqual([99, 6]);
  });

  test('keeps what was said of the next boot before that is known, and of the last one after', () => {
    const early = heard([report(), report({ bootId: 'b2', sequence: 2 })]);
    const later = withReport(early, report({ bootId: 'b2', counter: 2, sequence: 3 }), 'b2');
    expect(sequences(later)).toEqual([1, 3]);
    const old = report({ bootId: 'b0', sequence: 1 });
    expect(withReport(early, old, 'b1')).toBe(early);
    expect(sequences(withReport(early, report({ bootId: 'b3', sequence: 4 }), 'b1'))).toEqual([
      1, 4,
    ]);
  });

  const any = fc.record({
    check: fc.constantFrom('A', 'B'),
    observer: fc.constantFrom('x', 'y'),
    verdict: fc.constantFrom('faulty' as const, 'healthy' as const, 'unknown' as const),
    bootId: fc.constantFrom('b1', 'b2', 'b3', 'made-up'),
    counter: fc.nat(5),
    sequence: fc.nat(9),
  });

  test('of the present boot hangs on no order of arrival, and stays bounded', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), fc.nat(), (reports, turn) => {
        // One counter means one report of an observer.
        const unique = [
          ...new Map(
            reports.map((one) => [[one.check, one.observer, one.bootId, one.counter].join(), one]),
          ).values(),
        ];
        const by = turn % Math.max(1, unique.length);
        const turned = [...unique.slice(by), ...unique.slice(0, by)];
        const newest = (list: readonly Evidence[]) =>
          new Set(heard(list).filter(({ bootId }) => bootId === 'b1'));
        expect(newest(turned)).toEqual(newest(unique));
        expect(heard(unique).length).toBeLessThanOrEqual(8);
      }),
    );
  });
});

describe('what a record and the stream hold together', () => {
  test('is the highest counter of each observer, check and boot', () => {
    const known = [report({ counter: 3 }), report({ check: 'Ready' })];
    const beyond = [
      report({ counter: 2, sequence: 8 }),
      report({ bootId: 'b2', sequence: 9 }),
      report({ check: 'Ready', sequence: 10 }),
      report({ counter: 5, sequence: 11 }),
      report({ counter: 4, sequence: 12 }),
    ];
    const all = merged(known, beyond).map(({ sequence }) => sequence);
    expect(all).toEqual([1, 9, 11]);
  });
});

describe('health', () => {
  const asked = { bootId: 'b1', ready: true, checks: ['A'] };
  const of = (...reports: readonly Partial<Evidence>[]) =>
    healthOf(
      reports.map((one) => report({ check: 'A', ...one })),
      asked,
    );

  test('of a check is faulty if anybody says so, and healthy if somebody does', () => {
    expect(of({ verdict: 'faulty' }, { observer: 'probe', verdict: 'healthy' })).toBe('faulty');
    expect(of({ verdict: 'unknown' }, { observer: 'probe', verdict: 'healthy' })).toBe('healthy');
    expect(of({ verdict: 'unknown' })).toBe('unknown');
    expect(of()).toBe('unknown');
  });

  test('is told by the present boot alone', () => {
    expect(of({ bootId: 'b0' })).toBe('unknown');
    expect(of({ bootId: 'b0' }, { verdict: 'healthy' })).toBe('healthy');
    expect(verdictOf([report({ check: 'A' })], 'A', 'b2')).toBe('unknown');
  });

  test('of a node needs every check and the kubelet', () => {
    const well = report({ check: 'A', verdict: 'healthy' });
    expect(healthOf([well], { ...asked, checks: ['A', 'B'] })).toBe('unknown');
    expect(healthOf([well], { ...asked, ready: false })).toBe('unknown');
    expect(healthOf([well], { ...asked, checks: [] })).toBe('unknown');
    expect(healthOf([well, report({ check: 'B' })], { ...asked, checks: ['A', 'B'] })).toBe(
      'faulty',
    );
  });

  test('is asked of each check once', () => {
    expect(checksOf([report(), report({ observer: 'x' }), report({ check: 'B' })])).toEqual([
      'KernelDeadlock',
      'B',
    ]);
  });
});
