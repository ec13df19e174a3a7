import { expect, test } from 'vitest';
import { createFaults } from '../../../dispatch/faults.ts';
import type { FaultsOptions } from '../../../dispatch/faults.ts';
import { openRecords } from '../../../dispatch/records.ts';
import type { Records } from '../../../dispatch/records.ts';
import type { Heard } from '../../../dispatch/voice.ts';
import { evolve } from '../../../domain/dispatch/evolve.ts';
import type { FaultEvent } from '../../../domain/fault.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { fakeBucket } from '../../support/fakes/bucket.ts';
import { at, fault, policy } from '../../support/given.ts';
import { nodeFacts } from '../../support/nodes.ts';
import { faultEvent } from '../../support/samples.ts';

type Said = { readonly word: 'open' | 'ensure' | 'tell'; readonly repairId: string | undefined };

function dispatch(changes: Partial<FaultsOptions> = {}, heard: Heard = 'heard') {
  const records = memory();
  const said: Said[] = [];
  const ignored: string[] = [];
  const say = (word: Said['word'], repairId: string | undefined): Promise<Heard> => {
    said.push({ word, repairId });
    return Promise.resolve(heard);
  };
  const options: FaultsOptions = {
    records,
    voice: {
      open: (_record, episode) => say('open', episode.repairId),
      ensure: (_record, episode) => say('ensure', episode.repairId),
      tell: (record) => say('tell', record.episode?.repairId),
    },
    policies: [policy({ holdDownMs: 0 })],
    mode: 'act',
    node: () => Promise.resolve({ ok: true, value: nodeFacts() }),
    presentUid: () => Promise.resolve({ ok: true, uid: fault.nodeUid }),
    clock: () => at(100),
    lookAgain: () => {},
    onIgnored: (_record, reason) => ignored.push(reason),
    handOver: (_record, _episode, reason) => Promise.resolve({ outcome: 'escalated', reason }),
    ...changes,
  };
  return { records, said, ignored, options, faults: createFaults(options) };
}

/** The records of dispatch over a bucket in memory. */
function memory(): Records & { readonly writes: () => number } {
  const bucket = fakeBucket(parseEpisodeRecord);
  return { ...openRecords(bucket), writes: bucket.writes };
}

function stored(changes: Partial<FaultEvent> = {}, sequence = 1) {
  return {
    event: faultEvent(changes),
    sequence,
    storedAt: at(sequence),
  };
}

test(
  '10,000 reports about one node are one start, and each redelivery only makes sure of it',
  { timeout: 60_000 },
  async () => {
    const { faults, said, records } = dispatch();
    for (let n = 0; n < 10_000; n += 1) await faults.handle(stored({ counter: n }, n + 1));
    expect(said.filter(({ word }) => word === 'open')).toHaveLength(1);
    expect(records.all()).toHaveLength(1);
    await faults.handle(stored({ counter: 9_999 }, 10_000));
    expect(said.at(-1)?.word).toBe('ensure');
  },
);

test('what is not newer changes no record and reaches no repair', async () => {
  const { faults, said, ignored, records } = dispatch();
  await faults.handle(stored({ counter: 5 }, 1));
  const before = [records.writes(), said.length];
  await faults.handle(stored({ counter: 4, verdict: 'healthy' }, 2));
  expect([records.writes(), said.length]).toEqual(before);
  expect(ignored).toEqual(['not-newer']);
});

test('who acts on what was observed starts another repair, under an id of its own', async () => {
  const { faults, records, said, options } = dispatch({ mode: 'observe' });
  await faults.handle(stored());
  const observed = said[0]?.repairId ?? '';
  await records.change(
    fault.node,
    (record) =>
      record &&
      evolve(record, {
        kind: 'closed',
        repairId: observed,
        outcome: 'observed',
        reason: 'observe-mode',
        at: at(2),
      }),
  );
  await createFaults({ ...options, mode: 'act' }).reconsider(fault.node);
  expect(said.map(({ word }) => word)).toEqual(['open', 'open']);
  expect(said[1]?.repairId).not.toBe(observed);
});

test('a repair that vanished leaves a hand-over', async () => {
  const { faults, records } = dispatch({}, 'gone');
  await faults.handle(stored());
  expect(records.get(fault.node)?.episode).toMatchObject({
    outcome: 'escalated',
    reason: 'terminated-outside',
  });
});

test('a repair that cannot run any more is handed over as stuck', async () => {
  const { faults, records } = dispatch({}, 'stuck');
  await faults.handle(stored());
  expect(records.get(fault.node)?.episode).toMatchObject({
    outcome: 'escalated',
    reason: 'stuck',
  });
});

test('a repair that ended as it should and could not say so keeps its own end', async () => {
  const handOver = () => Promise.resolve({ outcome: 'repaired', reason: 'healed' } as const);
  const { faults, records } = dispatch({ handOver }, 'gone');
  await faults.handle(stored());
  expect(records.get(fault.node)?.episode).toMatchObject({ outcome: 'repaired', reason: 'healed' });
});

test('a repair whose node cannot be handed over yet is asked about again', async () => {
  const { faults, records } = dispatch({ handOver: () => Promise.resolve(undefined) }, 'gone');
  expect(await faults.handle(stored())).toBe('retry');
  expect(records.get(fault.node)?.episode?.outcome).toBeUndefined();
});

test('a repair that cannot be reached is asked again', async () => {
  const { faults } = dispatch({}, 'later');
  expect(await faults.handle(stored())).toBe('retry');
});

test('news that no repair heard before a crash is told again, and only once after it was heard', async () => {
  const { faults, records, said, options } = dispatch();
  await faults.handle(stored());
  const deaf = { ...options.voice, tell: (): Promise<Heard> => Promise.resolve('later') };
  const news = stored({ counter: 2, verdict: 'healthy' }, 2);
  expect(await createFaults({ ...options, voice: deaf }).handle(news)).toBe('retry');
  expect(records.get(fault.node)?.reports[0]).toMatchObject({ verdict: 'healthy' });
  // Another engine: all it knows is the record.
  await createFaults(options).reconsider(fault.node);
  expect(said.map(({ word }) => word)).toEqual(['open', 'tell']);
  expect(records.get(fault.node)?.episode?.toldThrough).toBe(2);
  await createFaults(options).handle(news);
  expect(said.at(-1)?.word).toBe('ensure');
});

test('another check that is faulty already is told to the repair that opens', async () => {
  const two = [policy({ holdDownMs: 0 }), policy({ name: 'disk', checks: ['DiskPressure'] })];
  const { faults, said, records } = dispatch({ policies: two });
  await faults.handle(stored({ check: 'DiskPressure' }, 1));
  expect(said).toEqual([]);
  await faults.handle(stored({}, 2));
  expect(said.map(({ word }) => word)).toEqual(['open', 'tell']);
  expect(records.get(fault.node)?.episode?.toldThrough).toBe(2);
});

test('a report of another UID is believed only if the API server has it', async () => {
  const other = stored({ nodeUid: 'another', counter: 9 }, 2);
  const told = async (presentUid: FaultsOptions['presentUid']) => {
    const { faults, ignored, records } = dispatch({ presentUid });
    await faults.handle(stored());
    const answer = await faults.handle(other);
    return { answer, ignored, uid: records.all()[0]?.nodeUid };
  };
  expect(await told(async () => ({ ok: false }))).toMatchObject({
    answer: 'retry',
    uid: fault.nodeUid,
  });
  expect(await told(async () => ({ ok: true, uid: fault.nodeUid }))).toEqual({
    answer: 'done',
    ignored: ['wrong-node-uid'],
    uid: fault.nodeUid,
  });
  expect(await told(async () => ({ ok: true, uid: 'another' }))).toMatchObject({ uid: 'another' });
});

test('a report that says nothing new moves the place of a record that lags far behind', async () => {
  const { faults, records } = dispatch();
  await faults.handle(stored({ counter: 5 }));
  const { node } = records.all()[0]!;
  expect(await faults.handle(stored({ counter: 4 }, 900))).toBe('done');
  expect(records.get(node)?.place).toBe(1);
  expect(await faults.handle(stored({ counter: 4 }, 2_000))).toBe('done');
  expect(records.get(node)?.place).toBe(2_000);
});

test('a node that cannot be read is asked about again', async () => {
  const { faults, said } = dispatch({ node: async () => ({ ok: false }) });
  expect(await faults.handle(stored())).toBe('retry');
  expect(said).toEqual([]);
});
