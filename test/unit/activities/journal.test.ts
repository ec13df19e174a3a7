/** What reaches the journal and the record, and when a step has to be tried again. */
import { expect, test } from 'vitest';
import { createRepairActivities } from '../../../activities/index.ts';
import { flush, record, recordWhile } from '../../../activities/journal.ts';
import { close } from '../../../activities/repair/close.ts';
import { entry, fakeWorld, step } from '../../support/fakes/ports.ts';
import { at, repairId } from '../../support/given.ts';
import { sampleNode } from '../../support/samples.ts';

const pending = [entry(1), entry(2)];

test('entries are recorded in order, and how far is told', async () => {
  const { ports, hub } = await fakeWorld();
  expect(await record(ports, step({ pending }))).toBe(2);
  expect(hub.journal.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(await record(ports, step())).toBe(-1);
});

test('a hub that does not answer leaves them pending, and stops no act', async () => {
  const { ports, hub } = await fakeWorld();
  hub.cut();
  expect(await record(ports, step({ pending }))).toBe(-1);
  const act = async () => ({ kind: 'podsMoved' }) as const;
  expect(await recordWhile(ports, step({ pending }), act)).toEqual({
    outcome: { kind: 'podsMoved' },
    recordedThrough: -1,
  });
});

test('a flush is done only when all of them are recorded', async () => {
  const { ports, hub } = await fakeWorld();
  expect(await flush(ports, step())).toBe(-1);
  expect(await flush(ports, step({ pending }))).toBe(2);
  hub.cut();
  await expect(flush(ports, step({ pending }))).rejects.toThrow('did not take all entries');
});

test('an end is written into the record of the node', async () => {
  const { ports, hub } = await fakeWorld();
  const ending = { outcome: 'escalated', reason: 'ladder-exhausted', node: 'keep' } as const;
  expect(await close(ports, step({ isolated: true, triedRung: 1 }), ending)).toEqual({
    kind: 'closed',
    outcome: 'escalated',
    reason: 'ladder-exhausted',
  });
  const { episode, past } = hub.records.get(sampleNode)!;
  expect(episode).toMatchObject({ outcome: 'escalated', closedAt: at(0) });
  expect(past).toMatchObject([{ repairId, rung: 1, isolated: true }]);
  hub.cut();
  await expect(close(ports, step(), ending)).rejects.toThrow('cut off');
});

test('the lane of quick steps performs each of them', async () => {
  const { ports } = await fakeWorld();
  const lane = createRepairActivities(ports);
  const asked = step();
  expect(await lane.requestPermit(asked)).toMatchObject({ kind: 'permitGranted' });
  expect(await lane.preflight(asked)).toEqual({ kind: 'preflightPassed' });
  expect(await lane.isolate(asked)).toEqual({ kind: 'isolated' });
  expect(await lane.record(step({ pending }))).toBe(2);
  expect(await lane.flush(asked)).toBe(-1);
  expect(await lane.releasePermit(asked)).toEqual({ kind: 'permitReleased' });
  const ending = { outcome: 'cancelled', reason: 'held', node: 'keep' } as const;
  expect(await lane.close(asked, ending)).toMatchObject({ kind: 'closed' });
});
