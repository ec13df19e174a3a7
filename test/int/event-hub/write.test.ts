/** Publishing and reading back; consuming is for `consume`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishFault, publishJournal } from '../../../event-hub/publish.ts';
import type { StoredFault } from '../../../domain/fault.ts';
import {
  newestReports,
  newestReportsOf,
  readFaults,
  readJournal,
  reportsBeyond,
} from '../../../event-hub/read.ts';
import { faultEvent, journalLine, sampleNode } from '../../support/samples.ts';
import { expectKind, startHub, type TestHub } from '../../support/hub.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startHub();
});
afterAll(async () => {
  await test.remove();
});

describe('fault events', () => {
  it('are stored once, however often they are sent', async () => {
    const event = faultEvent({ cluster: 'once' });
    const first = expectKind(await publishFault(test.hub, event), 'stored');
    expect(first.duplicate).toBe(false);
    const again = await publishFault(test.hub, { ...event, observedAt: event.observedAt + 9 });
    expect(again).toEqual({ kind: 'stored', sequence: first.sequence, duplicate: true });
  });

  it('that cannot be read back are not sent', async () => {
    const answer = await publishFault(test.hub, faultEvent({ node: '' }));
    expect(expectKind(answer, 'invalid').why).toContain('data.node');
  });

  it('of one node are read newest per check, without its neighbours', async () => {
    const cluster = 'newest';
    for (const changes of [
      { counter: 1 },
      { counter: 2, verdict: 'healthy' as const },
      { check: 'Ready', counter: 1 },
      { node: 'ip-10-0-1-17', counter: 7 },
    ])
      expectKind(await publishFault(test.hub, faultEvent({ cluster, ...changes })), 'stored');
    const one = expectKind(await newestReportsOf(test.hub, cluster, sampleNode), 'read');
    const seen = one.reports.map(({ event }) => `${event.check} ${event.verdict} ${event.counter}`);
    expect(seen.toSorted()).toEqual(['KernelDeadlock healthy 2', 'Ready faulty 1']);
    const all = expectKind(await newestReports(test.hub, cluster), 'read');
    expect(all.reports).toHaveLength(3);
    expect(await newestReportsOf(test.hub, cluster, 'unknown')).toEqual({
      kind: 'read',
      reports: [],
    });
    expect(await newestReports(test.hub, 'unknown')).toEqual({ kind: 'read', reports: [] });
  });

  it('of one node are read beyond a place, all of them, however many', async () => {
    const cluster = 'beyond';
    const of = { cluster, node: sampleNode };
    const places: number[] = [];
    for (let counter = 1; counter <= 300; counter += 1) {
      const stored = await publishFault(test.hub, faultEvent({ cluster, counter }));
      places.push(expectKind(stored, 'stored').sequence);
      if (counter % 100 === 0)
        await publishFault(test.hub, faultEvent({ cluster, node: 'other', counter }));
    }
    const counters = async (place: number): Promise<readonly number[]> => {
      const read = expectKind(await reportsBeyond(test.hub, { ...of, place }), 'read');
      return read.reports.map(({ event }) => event.counter);
    };
    expect(await counters(0)).toEqual(places.map((_place, n) => n + 1));
    expect(await counters(places[297]!)).toEqual([299, 300]);
    expect(await counters(places[299]!)).toEqual([]);
    expect(await counters(places[299]! + 1_000_000)).toEqual([]);
    expect(await reportsBeyond(test.hub, { cluster, node: 'unknown', place: 0 })).toEqual({
      kind: 'read',
      reports: [],
    });
  });

  it('are listed from the end, only as far as is wanted', async () => {
    const cluster = 'windows';
    for (let counter = 1; counter <= 40; counter += 1) {
      const verdict = counter === 2 ? ('faulty' as const) : ('healthy' as const);
      await publishFault(test.hub, faultEvent({ cluster, counter, verdict }));
    }
    const wanted = ({ event }: StoredFault): boolean => event.verdict === 'faulty';
    const read = expectKind(await readFaults(test.hub, { cluster, limit: 5, wanted }), 'read');
    expect(read.reports.map(({ event }) => event.counter)).toEqual([2]);
    const last = expectKind(await readFaults(test.hub, { cluster, limit: 2 }), 'read');
    expect(last.reports.map(({ event }) => event.counter)).toEqual([39, 40]);
  });

  it('carry the sequence and the time of the stream', async () => {
    const event = faultEvent({ cluster: 'times', observedAt: 5 });
    const before = Date.now();
    const { sequence } = expectKind(await publishFault(test.hub, event), 'stored');
    const read = expectKind(await newestReportsOf(test.hub, 'times', event.node), 'read');
    expect(read.reports).toEqual([{ event, sequence, storedAt: expect.any(Number) }]);
    expect(read.reports[0]!.storedAt).toBeGreaterThanOrEqual(before - 1);
  });

  it('are listed from a time on, the newest of them', async () => {
    for (const counter of [1, 2, 3])
      expectKind(await publishFault(test.hub, faultEvent({ cluster: 'list', counter })), 'stored');
    const all = expectKind(await readFaults(test.hub, { cluster: 'list', limit: 9 }), 'read');
    expect(all.reports.map(({ event }) => event.counter)).toEqual([1, 2, 3]);
    const last = await readFaults(test.hub, { cluster: 'list', node: sampleNode, limit: 1 });
    expect(expectKind(last, 'read').reports[0]!.event.counter).toBe(3);
    const since = Date.now() + 60_000;
    const none = await readFaults(test.hub, { cluster: 'list', since, limit: 9 });
    expect(expectKind(none, 'read').reports).toEqual([]);
  });

  it('of more nodes than one direct request can answer are all read', async () => {
    const events = Array.from({ length: 1_500 }, (_, n) =>
      faultEvent({ cluster: 'many', node: `n-${n}`, nodeUid: `u-${n}` }),
    );
    await Promise.all(events.map((event) => publishFault(test.hub, event)));
    const all = expectKind(await newestReports(test.hub, 'many'), 'read');
    expect(all.reports).toHaveLength(1_500);
  });

  it('are one of each check, also while newer ones come in', async () => {
    const nodes = Array.from({ length: 1_500 }, (_, n) => ({ node: `n-${n}`, nodeUid: `u-${n}` }));
    const store = (counter: number, of: (typeof nodes)[number]): Promise<unknown> =>
      publishFault(test.hub, faultEvent({ cluster: 'busy', counter, ...of }));
    await Promise.all(nodes.map((of) => store(1, of)));
    const storing = nodes.reduce(
      (before, of) => before.then(() => store(2, of)),
      Promise.resolve<unknown>(0),
    );
    const read = expectKind(await newestReports(test.hub, 'busy'), 'read');
    await storing;
    expect(new Set(read.reports.map(({ event }) => event.node)).size).toBe(1_500);
    expect(read.reports).toHaveLength(1_500);
  });
});

describe('the journal', () => {
  it('keeps the order, and the first of each (repair, sequence)', async () => {
    const cluster = 'journal';
    const entries = [0, 1, 2].map((sequence) => journalLine({ cluster, sequence }));
    expectKind(await publishJournal(test.hub, entries), 'stored');
    expectKind(await publishJournal(test.hub, entries.slice(1)), 'stored');
    const late = JSON.stringify(
      journalLine({ cluster, sequence: 2, reason: 'second of its number' }),
    );
    await test.hub.jetstream.publish(`journal.${cluster}`, late);
    const read = expectKind(await readJournal(test.hub, { cluster }), 'read');
    expect(read.lines.map(({ line }) => line)).toEqual(entries);
    expect(read.unreadable).toBe(0);
  });

  it('is read by node, by repair and from a time on', async () => {
    const cluster = 'select';
    const one = journalLine({ cluster, repairId: 'r-one' });
    const { repairId: _, node: __, ...plain } = { ...one, by: 'dispatch' };
    const other = journalLine({ cluster, node: 'other', repairId: 'r-other' });
    expectKind(await publishJournal(test.hub, [one, other, plain]), 'stored');
    const read = async (of: { node?: string; repairId?: string; since?: number }) =>
      expectKind(await readJournal(test.hub, { cluster, ...of }), 'read').lines;
    expect(await read({})).toHaveLength(3);
    expect((await read({ node: 'other' })).map(({ line }) => line)).toEqual([other]);
    expect((await read({ repairId: 'r-other' })).map(({ line }) => line)).toEqual([other]);
    expect(await read({ since: Date.now() + 60_000 })).toEqual([]);
  });

  it('counts what it cannot read and goes on', async () => {
    await test.hub.jetstream.publish('journal.odd', '{"version":9}');
    expectKind(
      await publishJournal(test.hub, [journalLine({ cluster: 'odd', repairId: 'r-odd' })]),
      'stored',
    );
    const read = expectKind(await readJournal(test.hub, { cluster: 'odd' }), 'read');
    expect([read.lines.length, read.unreadable]).toEqual([1, 1]);
  });

  it('takes all entries or none, when one cannot be written', async () => {
    const entries = [
      journalLine({ cluster: 'none' }),
      journalLine({ cluster: 'none', sequence: -1 }),
    ];
    expectKind(await publishJournal(test.hub, entries), 'invalid');
    expect(expectKind(await readJournal(test.hub, { cluster: 'none' }), 'read').lines).toEqual([]);
  });
});
