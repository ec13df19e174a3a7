import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../../domain/dispatch/decide.ts';
import {
  clearsAt,
  attemptStanding,
  emptyRecord,
  evolve,
  isHandedOver,
  isNews,
  isTooMany,
  mostChecks,
  mostRequeued,
  untold,
} from '../../../../domain/dispatch/evolve.ts';
import type { DispatchEvent } from '../../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../../domain/dispatch/types.ts';
import type { FaultEvent, Verdict } from '../../../../domain/fault.ts';
import { outcomes } from '../../../../domain/vocabulary/repair.ts';
import { hear, named, recordOf, reported, seen } from '../../../support/dispatch.ts';
import { at, fault, firstBoot, minute, nextBoot, policy } from '../../../support/given.ts';
import { nodeFacts } from '../../../support/nodes.ts';
import { faultEvent } from '../../../support/samples.ts';

/** A report whose place tells its time. */
function stored(changes: Partial<FaultEvent> = {}, sequence = 1, bootId = firstBoot) {
  const { fault: known, ...heard } = reported(sequence, { counter: 1, ...changes }, { bootId });
  return { ...heard, fault: { ...known, sequence } };
}

function opened(repairId: string, openedAt: number): DispatchEvent {
  return {
    kind: 'opened',
    episode: { repairId, openedAt, openingEventId: 'e', check: fault.check, policy: 'kernel' },
  };
}

test('an empty record knows the node and nothing else', () => {
  expect(emptyRecord(fault)).toEqual({
    version: 1,
    cluster: fault.cluster,
    node: fault.node,
    nodeUid: fault.nodeUid,
    formerUids: [],
    reports: [],
    place: 0,
  });
});

test('a report becomes the newest of its check and observer', () => {
  const record = recordOf(stored({ counter: 3 }, 7));
  expect(record.place).toBe(7);
  expect(record.reports).toEqual([
    {
      check: fault.check,
      observer: fault.observer,
      verdict: 'faulty',
      bootId: firstBoot,
      counter: 3,
      sequence: 7,
      storedAt: at(7),
      heardAt: at(7),
      eventId: faultEvent({ counter: 3 }).id,
      reason: fault.reason,
      message: fault.message,
      saidSince: 7,
      faultySince: at(7),
    },
  ]);
  expect(record.healthySince).toBeUndefined();
});

test('a fault has lasted since it was first heard, also across doubt, boots and other observers', () => {
  const since = (...events: readonly DispatchEvent[]) => {
    const { faultySince, saidSince } = recordOf(...events).reports.at(-1)!;
    return [faultySince, saidSince];
  };
  const first = stored({ counter: 1 }, 1);
  expect(since(first, stored({ counter: 2 }, 2))).toEqual([at(1), 1]);
  const doubt = stored({ counter: 2, verdict: 'unknown' }, 2);
  expect(since(first, doubt)).toEqual([at(1), 2]);
  expect(since(first, doubt, stored({ counter: 3 }, 3))).toEqual([at(1), 3]);
  expect(since(first, stored({ bootId: nextBoot }, 2))).toEqual([at(1), 2]);
  expect(since(first, stored({ observer: 'agent' }, 2))).toEqual([at(2), 2]);
  expect(since(first, stored({ counter: 2, verdict: 'healthy' }, 2))).toEqual([undefined, 2]);
});

describe('a node has been healthy', () => {
  const well = { verdict: 'healthy' } as const;

  test('since its last check became so', () => {
    const one = recordOf(stored(well, 1), stored({ ...well, check: 'B' }, 2));
    expect(one.healthySince).toBe(at(1));
    expect(recordOf(stored({}, 1), stored({ ...well, counter: 2 }, 5)).healthySince).toBe(at(5));
    const mixed = recordOf(stored(well, 1), stored({ check: 'B' }, 2));
    expect(mixed.healthySince).toBeUndefined();
  });

  test('whatever a check says that no policy names', () => {
    const other = stored({ check: 'NTPProblem' }, 2);
    expect(recordOf(stored(well, 1), other).healthySince).toBe(at(1));
  });

  test('only in the boot that it is in, and with its kubelet ready', () => {
    const record = recordOf(stored(well, 1));
    expect(evolve(record, seen(2))).toBe(record);
    expect(evolve(record, seen(2, { ready: false })).healthySince).toBeUndefined();
    expect(evolve(record, seen(2, { bootId: nextBoot })).healthySince).toBeUndefined();
  });

  test('never, while nothing was reported that counts', () => {
    expect(evolve(emptyRecord(fault), seen(1)).healthySince).toBeUndefined();
  });
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
    expect(isNews(record, stored(changes, 9))).toBe(expected);
    expect(evolve(record, stored(changes, 9)) !== record).toBe(expected);
  });

  test('from another boot hides nothing that the present one says', () => {
    const made = hear(record, stored({ bootId: 'made-up', verdict: 'healthy', counter: 99 }, 2));
    expect(made.reports.map(({ bootId }) => bootId)).toEqual([firstBoot, 'made-up']);
    const truth = hear(made, stored({ counter: 6 }, 3));
    expect(truth.reports.map(({ counter }) => counter)).toEqual([99, 6]);
    expect(truth.reports.at(-1)?.saidSince).toBe(1);
  });

  test('is nothing about an earlier node of this name', () => {
    const replaced = hear(record, stored({ nodeUid: 'another' }, 2));
    expect(replaced.formerUids).toEqual([fault.nodeUid]);
    expect(isNews(replaced, stored({ counter: 9 }, 3))).toBe(false);
  });

  test('remembers five nodes', () => {
    const uids = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7'];
    const nodes = recordOf(...uids.map((nodeUid, n) => stored({ nodeUid }, n + 1)));
    expect(nodes.formerUids).toEqual(uids.slice(1, 6));
  });

  test('of another node starts a new record: nothing of the old one holds', () => {
    const open = hear(record, opened('r-1', at(1)));
    const replaced = hear(open, stored({ nodeUid: 'another', check: 'B' }, 2));
    expect(replaced.episode).toBeUndefined();
    expect(replaced.reports.map(({ check }) => check)).toEqual(['B']);
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

describe('what was last seen of a node', () => {
  const beats = { Ready: 40, [fault.check]: 10, Other: 3 };
  const first = evolve(recordOf(stored()), seen(2, { beats }));
  const open = (record: EpisodeRecord) => evolve(record, opened('r-1', at(0)));

  test('is its boot, which began before anybody looked', () => {
    expect(recordOf(stored()).lastSeen).toEqual({
      bootId: firstBoot,
      firstReadyAt: 0,
      beats: {},
      beatsBefore: {},
    });
    expect(evolve(emptyRecord(fault), seen(1, { bootId: '' })).lastSeen).toBeUndefined();
  });

  test('are no heartbeats alone, unless a repair is under way', () => {
    expect(first.lastSeen?.beats).toEqual({});
    const busy = evolve(open(first), seen(3, { beats }));
    expect(busy.lastSeen?.beats).toEqual({ [fault.check]: 10 });
    expect(evolve(busy, seen(4, { beats }))).toBe(busy);
    const later = evolve(busy, seen(5, { beats: { [fault.check]: 20 } }));
    expect(later.lastSeen?.beats).toEqual({ [fault.check]: 20 });
    expect(evolve(later, seen(6, { beats: {} })).lastSeen?.beats).toEqual({});
  });

  test('is the first Ready of another boot, and what was confirmed in the boot before', () => {
    const busy = evolve(open(first), seen(3, { beats }));
    const booted = evolve(busy, seen(9, { bootId: nextBoot, beats: { ...beats, Ready: 90 } }));
    expect(booted.lastSeen).toEqual({
      bootId: nextBoot,
      firstReadyAt: 90,
      beats: { [fault.check]: 10 },
      beatsBefore: { [fault.check]: 10 },
    });
    const later = evolve(booted, seen(10, { bootId: nextBoot, beats: { ...beats, Ready: 99 } }));
    expect(later.lastSeen?.firstReadyAt).toBe(90);
    expect(evolve(first, seen(9, { bootId: nextBoot })).lastSeen?.firstReadyAt).toBe(0);
  });
});

test('so many checks are kept of an observer and of a node, and what is known goes on', () => {
  const report = (n: number, observer: string): DispatchEvent =>
    stored({ check: `C${n}`, observer, counter: n }, n + 1);
  const of = (observer: string) => Array.from({ length: 80 }, (_, n) => report(n, observer));
  const one = recordOf(...of('a'));
  expect(one.reports).toHaveLength(mostChecks.perObserver);
  expect(hear(one, stored({ check: 'C3', observer: 'a', counter: 99 }, 99)).place).toBe(99);
  const record = recordOf(...of('a'), ...of('b'), ...of('c'));
  expect(record.reports).toHaveLength(mostChecks.perNode);
  expect(isTooMany(record.reports, faultEvent({ check: 'C1', observer: 'c' }))).toBe(true);
  expect(isTooMany(record.reports, faultEvent({ check: 'C1', observer: 'b' }))).toBe(false);
});

test('long texts are cut on the record, whatever they hold', () => {
  for (const letter of ['x', '"', '\u0001', 'ä']) {
    const message = letter.repeat(4_000);
    const [report] = recordOf(stored({ message })).reports;
    expect(JSON.stringify(report?.message).length).toBeLessThanOrEqual(402);
    expect(report?.message.startsWith(letter.repeat(60))).toBe(true);
  }
});

test('what is to be handled again waits on the record, each once and not too many', () => {
  const record = recordOf(stored());
  const ask = (number: number): DispatchEvent => ({ kind: 'requeueAsked', number });
  const asked = [ask(7), ask(8), ask(7)].reduce(evolve, record);
  expect(asked.requeued).toEqual([7, 8]);
  const struck = evolve(asked, { kind: 'requeueAnswered', number: 7 });
  expect(struck.requeued).toEqual([8]);
  expect(evolve(struck, { kind: 'requeueAnswered', number: 7 })).toBe(struck);
  const full = Array.from({ length: mostRequeued }, (_, n) => ask(n)).reduce(evolve, record);
  expect(evolve(full, ask(999))).toBe(full);
});

test('what is not newer moves at most the place of the record', () => {
  const record = recordOf(stored({}, 5));
  expect(evolve(record, { kind: 'passed', sequence: 9 })).toEqual({ ...record, place: 9 });
  expect(evolve(record, { kind: 'passed', sequence: 5 })).toBe(record);
});

describe('what a repair was told', () => {
  const episode = (record: EpisodeRecord) => evolve(record, opened('r-1', at(0)));
  const told = (through: number, repairId = 'r-1'): DispatchEvent => ({
    kind: 'told',
    repairId,
    through,
  });
  const checks = (record: EpisodeRecord): readonly string[] =>
    untold(record, named).map(({ check, sequence }) => `${check} ${sequence}`);

  test('is nothing without one', () => {
    const record = recordOf(stored());
    expect(untold(record, named)).toEqual([]);
    expect(evolve(record, told(9))).toBe(record);
  });

  test('is all but what opened it, until it is on the record', () => {
    const record = episode(recordOf(stored({ counter: 1 }, 1), stored({ check: 'B' }, 2)));
    expect(checks(record)).toEqual([`${fault.check} 1`, 'B 2']);
    const { episode: known } = record;
    const openingEventId = record.reports[0]!.eventId;
    expect(checks({ ...record, episode: { ...known!, openingEventId } })).toEqual(['B 2']);
    const heard = evolve(record, told(2));
    expect(checks(heard)).toEqual([]);
    expect(evolve(heard, told(1))).toBe(heard);
    expect(evolve(heard, told(3, 'r-0'))).toBe(heard);
  });

  test('is never a repetition, nor of a check that no policy names', () => {
    const heard = evolve(episode(recordOf(stored({ counter: 1 }, 1))), told(1));
    const again = hear(heard, stored({ counter: 2 }, 2));
    expect(checks(again)).toEqual([]);
    expect(checks(hear(again, stored({ counter: 3, verdict: 'healthy' }, 3)))).toHaveLength(1);
    expect(checks(hear(again, stored({ check: 'NTPProblem' }, 3)))).toEqual([]);
  });
});

describe('a hand-over is over', () => {
  const well = recordOf(stored({ verdict: 'healthy' }, 10));
  const over = (closedAt: number): EpisodeRecord => ({
    ...well,
    episode: {
      repairId: 'r-1',
      openedAt: at(1),
      openingEventId: 'e',
      check: fault.check,
      policy: 'kernel',
      outcome: 'escalated',
      closedAt,
    },
  });

  test('a soak time after it was made or after the node became well, whatever came later', () => {
    expect(clearsAt(over(at(5)), minute)).toBe(at(70));
    expect(clearsAt(over(at(20)), minute)).toBe(at(80));
    expect(clearsAt({ ...over(at(5)), healthySince: undefined }, minute)).toBeUndefined();
    const open = { ...over(at(5)).episode!, outcome: undefined };
    expect(clearsAt({ ...well, episode: { ...open } as never }, minute)).toBeUndefined();
  });

  test('by time alone, with no report', () => {
    expect(evolve(over(at(5)), seen(69)).episode).toBeDefined();
    const free = evolve(over(at(5)), seen(70));
    expect(free).toMatchObject({ episode: undefined, clearedAt: at(70) });
    expect(evolve(free, seen(900))).toBe(free);
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
    expect(record.reports).toHaveLength(2);
  });

  test('a report that is not newer never changes the record, so redelivery is harmless', () => {
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 30 }), (reports) => {
        // Of another boot only the last to arrive is kept, so a counter that went back there is forgotten with it.
        const events = reports.map((changes, n) => {
          const counter = changes.bootId === firstBoot ? changes.counter : n;
          return stored({ ...changes, counter }, n + 1);
        });
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

describe('an attempt', () => {
  const begun = (repairId: string, sequence: number): DispatchEvent => ({
    kind: 'attemptBegun',
    repairId,
    sequence,
  });

  test('is begun once: another run of the same repair finds it in the record', () => {
    const record = recordOf(opened('r-1', at(1)), begun('r-1', 7));
    expect(record.episode?.attemptBegun).toBe(7);
    expect(attemptStanding(record, { repairId: 'r-1', sequence: 7 })).toBe('begun-before');
    expect(attemptStanding(record, { repairId: 'r-1', sequence: 3 })).toBe('begun-before');
    expect(attemptStanding(record, { repairId: 'r-1', sequence: 8 })).toBe('new');
    expect(evolve(record, begun('r-1', 7))).toBe(record);
  });

  test('of a repair that is not the open one is not begun', () => {
    const open = recordOf(opened('r-1', at(1)));
    const over = {
      kind: 'closed',
      repairId: 'r-1',
      outcome: 'repaired',
      reason: 'healed',
    } as const;
    const closed = evolve(open, { ...over, at: at(2) });
    expect(attemptStanding(open, { repairId: 'r-2', sequence: 1 })).toBe('not-open');
    expect(attemptStanding(closed, { repairId: 'r-1', sequence: 1 })).toBe('not-open');
    expect(attemptStanding(recordOf(), { repairId: 'r-1', sequence: 1 })).toBe('not-open');
    expect(evolve(closed, begun('r-1', 1))).toBe(closed);
    expect(evolve(recordOf(), begun('r-1', 1)).episode).toBeUndefined();
  });
});
