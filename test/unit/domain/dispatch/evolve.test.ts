import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../../domain/dispatch/decide.ts';
import { emptyRecord, evolve, isHandedOver, isNews } from '../../../../domain/dispatch/evolve.ts';
import type { DispatchEvent } from '../../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../../domain/dispatch/types.ts';
import type { FaultEvent, Verdict } from '../../../../domain/fault.ts';
import { outcomes } from '../../../../domain/vocabulary.ts';
import { at, fault, firstBoot, nextBoot, policy, second } from '../../../support/given.ts';
import { nodeFacts } from '../../../support/nodes.ts';
import { faultEvent } from '../../../support/samples.ts';

const soakMs = 60 * second;

function stored(
  changes: Partial<FaultEvent> = {},
  sequence = 1,
): Extract<DispatchEvent, { kind: 'reported' }> {
  const storedAt = at(sequence);
  return { kind: 'reported', fault: { event: faultEvent(changes), sequence, storedAt }, soakMs };
}

/** What dispatch does with a report: only news changes the record. */
function hear(record: EpisodeRecord, event: DispatchEvent): EpisodeRecord {
  if (event.kind === 'reported' && !isNews(record, event.fault.event)) return record;
  return evolve(record, event);
}

const recordOf = (...events: readonly DispatchEvent[]): EpisodeRecord =>
  events.reduce(hear, emptyRecord(fault));

const opened = (repairId: string, openedAt: number): DispatchEvent => ({
  kind: 'opened',
  episode: { repairId, openedAt, openingEventId: 'e', check: fault.check, policy: 'kernel' },
});

test('an empty record knows the node and nothing else', () => {
  expect(emptyRecord(fault)).toEqual({
    version: 1,
    cluster: fault.cluster,
    node: fault.node,
    nodeUid: fault.nodeUid,
    formerUids: [],
    boots: [],
    checks: {},
  });
});

test('a report becomes the newest of its check', () => {
  const record = recordOf(stored({ counter: 3 }, 7));
  expect(record.boots).toEqual([firstBoot]);
  expect(record.checks).toMatchObject({
    [fault.check]: {
      verdict: 'faulty',
      bootId: firstBoot,
      counter: 3,
      sequence: 7,
      storedAt: at(7),
      eventId: faultEvent({ counter: 3 }).id,
      reason: fault.reason,
      message: fault.message,
      faultySince: at(7),
    },
  });
  expect(record.healthySince).toBeUndefined();
});

test('a node has been healthy since its last check became so', () => {
  const well = { verdict: 'healthy' } as const;
  const one = recordOf(stored(well, 1), stored({ ...well, check: 'B' }, 2));
  expect(one.healthySince).toBe(at(1));
  expect(recordOf(stored({}, 1), stored({ ...well, counter: 2 }, 5)).healthySince).toBe(at(5));
  const mixed = recordOf(stored(well, 1), stored({ check: 'B' }, 2));
  expect(mixed.healthySince).toBeUndefined();
});

describe('news', () => {
  const record = recordOf(stored({ counter: 5 }, 1));

  test.each<[string, Partial<FaultEvent>, boolean]>([
    ['a higher counter', { counter: 6 }, true],
    ['the same counter', { counter: 5 }, false],
    ['a lower counter', { counter: 4 }, false],
    ['another check', { check: 'B', counter: 1 }, true],
    ['a new boot, whatever its counter', { bootId: nextBoot, counter: 0 }, true],
    ['another node of the same name', { nodeUid: 'another', counter: 0 }, true],
  ])('%s', (_name, changes, expected) => {
    expect(isNews(record, faultEvent(changes))).toBe(expected);
  });

  test('is nothing from a boot before, about any check', () => {
    const later = recordOf(stored({ counter: 5 }, 1), stored({ bootId: nextBoot, counter: 1 }, 2));
    expect(isNews(later, faultEvent({ counter: 9 }))).toBe(false);
    expect(isNews(later, faultEvent({ counter: 9, check: 'B' }))).toBe(false);
    const other = recordOf(
      stored({ check: 'B', counter: 5 }, 1),
      stored({ bootId: nextBoot, counter: 1 }, 2),
    );
    expect(isNews(other, faultEvent({ counter: 9, check: 'B' }))).toBe(false);
    expect(isNews(later, faultEvent({ counter: 2, bootId: nextBoot, check: 'B' }))).toBe(true);
  });

  test('is nothing about an earlier node of this name', () => {
    const replaced = hear(record, stored({ nodeUid: 'another' }, 2));
    expect(replaced.formerUids).toEqual([fault.nodeUid]);
    expect(isNews(replaced, faultEvent({ counter: 9 }))).toBe(false);
  });

  test('remembers five boots and five nodes', () => {
    const twice = recordOf(stored({ counter: 1 }, 1), stored({ counter: 2 }, 2));
    expect(twice.boots).toEqual([firstBoot]);
    const boots = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
    const all = recordOf(...boots.map((bootId, n) => stored({ bootId }, n + 1)));
    expect(all.boots).toEqual(boots.slice(1));
    const uids = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7'];
    const nodes = recordOf(...uids.map((nodeUid, n) => stored({ nodeUid }, n + 1)));
    expect(nodes.formerUids).toEqual(uids.slice(1, 6));
  });

  test('of another node starts a new record: nothing of the old one holds', () => {
    const open = hear(record, opened('r-1', at(1)));
    const replaced = hear(open, stored({ nodeUid: 'another', check: 'B' }, 2));
    expect(replaced.episode).toBeUndefined();
    expect(Object.keys(replaced.checks)).toEqual(['B']);
    expect(replaced.nodeUid).toBe('another');
  });
});

describe('an episode', () => {
  const ignored = (seconds: number): DispatchEvent => ({
    kind: 'ignored',
    reason: 'holding-down',
    at: at(seconds),
  });
  const closed: DispatchEvent = {
    kind: 'closed',
    repairId: 'r-1',
    outcome: 'escalated',
    reason: 'ladder-exhausted',
    at: at(9),
  };

  test('that opens ends what was ignored before', () => {
    const record = recordOf(stored(), ignored(1), opened('r-1', at(2)));
    expect(record.ignored).toBeUndefined();
    expect(record.episode?.repairId).toBe('r-1');
  });

  test('a reason to ignore counts from its first time', () => {
    const record = recordOf(stored(), ignored(1), ignored(2));
    expect(record.ignored).toEqual({ reason: 'holding-down', since: at(1) });
    const other: DispatchEvent = { kind: 'ignored', reason: 'held', at: at(3) };
    expect(evolve(record, other).ignored).toEqual({ reason: 'held', since: at(3) });
  });

  test('closes once, by its own repair', () => {
    const open = recordOf(stored(), opened('r-1', at(2)));
    const over = evolve(open, closed);
    expect(over.episode).toMatchObject({
      outcome: 'escalated',
      reason: 'ladder-exhausted',
      closedAt: at(9),
    });
    expect(evolve(over, { ...closed, outcome: 'repaired' })).toBe(over);
    expect(evolve(open, { ...closed, repairId: 'r-2' })).toBe(open);
    expect(evolve(emptyRecord(fault), closed)).toEqual(emptyRecord(fault));
  });

  test('that needed nobody stays on the record when the node is well', () => {
    const over = evolve(recordOf(stored(), opened('r-1', at(2))), {
      ...closed,
      outcome: 'repaired',
    });
    const well = [
      stored({ counter: 2, verdict: 'healthy' }, 10),
      stored({ counter: 3 }, 900),
    ].reduce(hear, over);
    expect(well.episode?.outcome).toBe('repaired');
    expect(well.clearedAt).toBeUndefined();
  });

  test('is handed over by these outcomes', () => {
    expect(outcomes.filter(isHandedOver)).toEqual([
      'cancelled',
      'escalated',
      'taken-over',
      'observed',
    ]);
    expect(isHandedOver(undefined)).toBe(false);
  });
});

describe('promises', () => {
  const anyReport = fc.record({
    check: fc.constantFrom(fault.check, 'ReadonlyFilesystem'),
    verdict: fc.constantFrom<Verdict>('faulty', 'healthy', 'unknown'),
    bootId: fc.constantFrom(firstBoot, nextBoot, 'boot-3'),
    nodeUid: fc.constantFrom(fault.nodeUid, fault.nodeUid, fault.nodeUid, 'another'),
    counter: fc.nat(6),
  });

  /** Hears reports as dispatch does, opens what is decided, and counts what was opened. */
  function dispatchAll(events: readonly DispatchEvent[]): {
    record: EpisodeRecord;
    opened: number;
  } {
    const policies = [policy({ holdDownMs: 0, checks: [fault.check, 'ReadonlyFilesystem'] })];
    let record = emptyRecord(fault);
    let count = 0;
    for (const event of events) {
      record = hear(record, event);
      const node = nodeFacts({ uid: record.nodeUid });
      const decision = decide(record, { node, policies, mode: 'act' }, at(1_000_000));
      if (decision.kind === 'open') {
        count += 1;
        record = evolve(record, opened(`r-${count}`, at(0)));
      }
    }
    return { record, opened: count };
  }

  test('10,000 reports about one node are one record and one episode', () => {
    const checks = [fault.check, 'ReadonlyFilesystem'];
    const storm = Array.from({ length: 10_000 }, (_, n) => {
      const verdict: Verdict = n % 3 === 2 ? 'healthy' : 'faulty';
      return stored({ counter: n, check: checks[n % 2] ?? fault.check, verdict }, n + 1);
    });
    const { record, opened: count } = dispatchAll(storm);
    expect(count).toBe(1);
    expect(Object.keys(record.checks)).toHaveLength(2);
  });

  test('a report that is not newer never changes the record, so redelivery is harmless', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 30 }), (reports) => {
        const events = reports.map((changes, n) => stored(changes, n + 1));
        const once = dispatchAll(events);
        for (const event of events) expect(hear(once.record, event)).toBe(once.record);
        expect(dispatchAll(events.flatMap((event) => [event, event]))).toEqual(once);
      }),
    );
  });

  test('while an episode is open or handed over, nothing else opens on that node', () => {
    fc.assert(
      fc.property(
        fc.array(anyReport, { maxLength: 30 }),
        fc.constantFrom('escalated', 'taken-over', 'cancelled', undefined),
        (reports, outcome) => {
          const began = recordOf(stored({ counter: 0 }, 1), opened('r-1', at(1)));
          const open = outcome
            ? evolve(began, {
                kind: 'closed',
                repairId: 'r-1',
                outcome,
                reason: 'healed',
                at: at(2),
              })
            : began;
          // All within the soak time of the hand-over.
          const flapping = reports.map((changes, n) =>
            stored({ ...changes, nodeUid: fault.nodeUid }, n + 3),
          );
          const record = flapping.reduce(hear, open);
          const context = { node: nodeFacts(), policies: [policy()], mode: 'act' } as const;
          expect(record.episode?.repairId).toBe('r-1');
          expect(decide(record, context, at(900)).kind).not.toBe('open');
        },
      ),
    );
  });
});
