/** What activities may rely on of the hub, the real one and the one in memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubPort } from '../../../activities/ports.ts';
import { emptyRecord, evolve } from '../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import type { FaultEvent } from '../../../domain/fault.ts';
import type { JournalEntry } from '../../../domain/repair/types.ts';
import { entry } from '../../support/entries.ts';
import { at, repairId } from '../../support/given.ts';
import { faultEvent } from '../../support/samples.ts';

export type HubWorld = {
  readonly port: HubPort;
  readonly cluster: string;
  /** Stores a report; answers its place in FAULTS. */
  readonly report: (event: FaultEvent) => Promise<number>;
  readonly put: (record: EpisodeRecord) => Promise<void>;
  readonly record: (node: string) => Promise<EpisodeRecord | undefined>;
  /** What JOURNAL holds of a node. */
  readonly journal: (node: string) => Promise<readonly JournalEntry[]>;
  /** Nothing is answered from now on. */
  readonly cut: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

export function describeHubPort(name: string, makeWorld: () => Promise<HubWorld>): void {
  describe(`the hub ${name}`, () => {
    let world: HubWorld;
    let port: HubPort;
    beforeAll(async () => {
      world = await makeWorld();
      ({ port } = world);
    });
    afterAll(async () => {
      await world.remove();
    });
    const about = (node: string, changes: Partial<FaultEvent> = {}): FaultEvent =>
      faultEvent({ cluster: world.cluster, node, nodeUid: `uid-${node}`, ...changes });
    const opened = (node: string): EpisodeRecord => {
      const { check, id: openingEventId } = about(node);
      const episode = { repairId, openedAt: at(0), openingEventId, check, policy: 'kernel' };
      return evolve(emptyRecord(about(node)), { kind: 'opened', episode });
    };
    const closed = { kind: 'closed', repairId, outcome: 'cancelled', reason: 'held' } as const;

    it('tells the newest report of each check, and none of another node', async () => {
      await world.report(about('read', { counter: 1 }));
      const newest = await world.report(about('read', { counter: 2, verdict: 'healthy' }));
      const other = await world.report(about('read', { check: 'Ready', counter: 1 }));
      await world.report(about('read', { check: 'Disk', nodeUid: 'another', counter: 9 }));
      await world.report(about('else', { counter: 9 }));
      const read = await port.newestReports('read', about('read').nodeUid);
      expect(read.ok && read.value.map(({ sequence }) => sequence)).toEqual([newest, other]);
      expect(read).toMatchObject({ value: [{ verdict: 'healthy', counter: 2 }, {}] });
      expect(await port.newestReports('never', 'uid')).toEqual({ ok: true, value: [] });
    });

    it('takes the last report of a check for the one that counts: another node’s of that name hides it', async () => {
      await world.report(about('hidden', { counter: 1 }));
      await world.report(about('hidden', { nodeUid: 'another', counter: 9 }));
      expect(await port.newestReports('hidden', 'uid-hidden')).toEqual({ ok: true, value: [] });
    });

    it('tells what the record of the node knows and what came after it', async () => {
      const event = about('known', { counter: 1 });
      const sequence = await world.report(event);
      const heard = { fault: { event, sequence, storedAt: at(0) }, bootId: event.bootId };
      const reported = { kind: 'reported', ...heard, soakMs: 0, at: at(0) } as const;
      await world.put(evolve(emptyRecord(event), reported));
      const next = await world.report(about('known', { counter: 2, verdict: 'healthy' }));
      const read = await port.newestReports('known', event.nodeUid);
      expect(read.ok && read.value.map((one) => one.sequence)).toEqual([next]);
      expect(await port.newestReports('known', 'another')).toEqual({ ok: true, value: [] });
    });

    it('knows which repair of a node is open', async () => {
      expect(await port.isOpen('unheard', repairId)).toEqual({ ok: true, value: false });
      await world.put(opened('open'));
      expect(await port.isOpen('open', repairId)).toEqual({ ok: true, value: true });
      expect(await port.isOpen('open', 'r-other')).toEqual({ ok: true, value: false });
      await port.changeEpisode('open', { ...closed, isolated: false, at: at(1) });
      expect(await port.isOpen('open', repairId)).toEqual({ ok: true, value: false });
    });

    it('lets an attempt begin once, and only of the open repair', async () => {
      await world.put(opened('begin'));
      const attempt = { repairId, sequence: 4 };
      expect(await port.beginAttempt('begin', attempt)).toEqual({ ok: true, value: 'new' });
      expect(await port.beginAttempt('begin', attempt)).toEqual({
        ok: true,
        value: 'begun-before',
      });
      expect(await port.beginAttempt('begin', { repairId, sequence: 5 })).toEqual({
        ok: true,
        value: 'new',
      });
      const not = { ok: true, value: 'not-open' };
      expect(await port.beginAttempt('begin', { ...attempt, repairId: 'r-2' })).toEqual(not);
      expect(await port.beginAttempt('unheard', attempt)).toEqual(not);
    });

    it('changes a record, and leaves a missing one missing', async () => {
      const event = { ...closed, isolated: true, at: at(2) };
      await world.put(opened('change'));
      expect(await port.changeEpisode('change', event)).toEqual({ ok: true, value: undefined });
      expect((await world.record('change'))?.episode).toMatchObject({ outcome: 'cancelled' });
      expect(await port.changeEpisode('unheard', event)).toEqual({ ok: true, value: undefined });
      expect(await world.record('unheard')).toBeUndefined();
    });

    it('journals each entry once and in order, however often it is sent', async () => {
      const of = (sequence: number): JournalEntry =>
        entry({ cluster: world.cluster, node: 'told', repairId: 'r-told', sequence });
      const stored = { ok: true, value: undefined };
      expect(await port.publishJournal([of(0), of(1)])).toEqual(stored);
      expect(await port.publishJournal([of(1), of(2)])).toEqual(stored);
      expect(await world.journal('told')).toEqual([of(0), of(1), of(2)]);
      expect(await port.publishJournal([])).toEqual(stored);
    });

    it('says of everything that it is not known while the hub is away', async () => {
      await world.put(opened('away'));
      await world.cut();
      const silent = { ok: false, reason: 'hub-unreadable', why: expect.any(String) };
      const event = { ...closed, isolated: false, at: at(2) };
      const late = entry({ cluster: world.cluster, node: 'away', sequence: 7 });
      const answers = await Promise.all([
        port.newestReports('away', 'uid'),
        port.isOpen('unheard', repairId),
        port.beginAttempt('away', { repairId, sequence: 1 }),
        port.changeEpisode('away', event),
        port.publishJournal([late]),
      ]);
      expect(answers).toEqual(answers.map(() => silent));
    });
  });
}
