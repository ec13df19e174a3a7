/** Reports reach their handler, in order, at least once, whatever happens to server and connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredFault } from '../../../domain/fault.ts';
import { consumeFaults, type FaultHandler } from '../../../event-hub/consume.ts';
import { readDead, readLetter, reportOf, type DeadLetter } from '../../../event-hub/dead.ts';
import { consumerLag } from '../../../event-hub/lag.ts';
import { publishFault } from '../../../event-hub/publish.ts';
import { ensureStreams } from '../../../event-hub/streams.ts';
import { faultSubject } from '../../../event-hub/subjects.ts';
import { formatFaultEvent } from '../../../schemas/wire/faultEvent.ts';
import { faultEvent } from '../../support/samples.ts';
import { expectKind, openHub, startHub, type TestHub } from '../../support/hub.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startHub();
});
afterAll(async () => {
  await test.remove();
});

/** A consumer whose handled reports and dead letters can be awaited. */
async function consume(
  cluster: string,
  handle: FaultHandler = async () => 'done',
  hub = test.hub,
  ackWaitMs = 10_000,
) {
  const controller = new AbortController();
  const seen: StoredFault[] = [];
  const dead: DeadLetter[] = [];
  const consumption = expectKind(
    await consumeFaults(hub, {
      durable: 'test',
      cluster,
      ackWaitMs,
      signal: controller.signal,
      onBad: (letter) => dead.push(letter),
      handle: async (stored) => {
        const answer = await handle(stored);
        if (answer === 'done') seen.push(stored);
        return answer;
      },
    }),
    'consuming',
  );
  const stop = async (): Promise<void> => {
    controller.abort();
    await consumption.stopped;
  };
  return { seen, dead, stop };
}

async function publish(changes: Parameters<typeof faultEvent>[0], hub = test.hub) {
  return expectKind(await publishFault(hub, faultEvent(changes)), 'stored');
}

describe('consuming', () => {
  it('hands each report over as stored, and leaves nothing pending', async () => {
    const consumer = await consume('plain');
    const { sequence } = await publish({ cluster: 'plain' });
    await expect.poll(() => consumer.seen).toHaveLength(1);
    expect(consumer.seen[0]).toMatchObject({ event: faultEvent({ cluster: 'plain' }), sequence });
    await expect
      .poll(() => consumerLag(test.hub, 'test', 'plain'))
      .toEqual({ kind: 'lag', waiting: 0, inHand: 0, redelivered: 0 });
    await consumer.stop();
  });

  it('does not mix clusters of one server', async () => {
    const [one, other] = [await consume('mix-1'), await consume('mix-2')];
    await publish({ cluster: 'mix-1' });
    await publish({ cluster: 'mix-2' });
    await expect.poll(() => [one.seen.length, other.seen.length]).toEqual([1, 1]);
    expect(one.seen[0]!.event.cluster).toBe('mix-1');
    await Promise.all([one.stop(), other.stop()]);
  });

  it('keeps the order of a node and lets other nodes pass', async () => {
    const gate = Promise.withResolvers<void>();
    const consumer = await consume('order', async ({ event }) => {
      if (event.node === 'slow' && event.counter === 1) await gate.promise;
      return 'done';
    });
    for (const counter of [1, 2, 3]) await publish({ cluster: 'order', node: 'slow', counter });
    await publish({ cluster: 'order', node: 'quick', nodeUid: 'u-2' });
    await expect.poll(() => consumer.seen.map(({ event }) => event.node)).toEqual(['quick']);
    gate.resolve();
    await expect
      .poll(() => consumer.seen.slice(1).map(({ event }) => event.counter))
      .toEqual([1, 2, 3]);
    await consumer.stop();
  });

  it('asks again, in order, while something the handler needs is down', async () => {
    let down = 3;
    const consumer = await consume('retry', async () => (down-- > 0 ? 'retry' : 'done'));
    await publish({ cluster: 'retry', counter: 1 });
    await publish({ cluster: 'retry', counter: 2 });
    await expect.poll(() => consumer.seen.map(({ event }) => event.counter)).toEqual([1, 2]);
    await consumer.stop();
  });

  it('gives what it did not finish to the next consumer at once', async () => {
    let asked = 0;
    const first = await consume('handover', async () => {
      asked += 1;
      return 'retry';
    });
    await publish({ cluster: 'handover' });
    await expect.poll(() => asked).toBeGreaterThan(0);
    await first.stop();
    const second = await consume('handover');
    await expect.poll(() => second.seen, { timeout: 3_000 }).toHaveLength(1);
    await second.stop();
  });

  it('keeps a report while it is being handled, however long that takes', async () => {
    let calls = 0;
    const started = Date.now();
    const consumer = await consume(
      'long',
      async () => {
        calls += 1;
        await expect.poll(() => Date.now() - started, { timeout: 5_000 }).toBeGreaterThan(2_500);
        return 'done';
      },
      test.hub,
      1_000,
    );
    await publish({ cluster: 'long' });
    await expect.poll(() => consumer.seen, { timeout: 5_000 }).toHaveLength(1);
    expect(calls).toBe(1);
    await expect
      .poll(() => consumerLag(test.hub, 'test', 'long'))
      .toMatchObject({ inHand: 0, redelivered: 0 });
    await consumer.stop();
  });

  it('handles a report once that came again because the process stood still', async () => {
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    const handle = async () => {
      calls += 1;
      await gate.promise;
      return 'done' as const;
    };
    const consumer = await consume('still', handle, test.hub, 500);
    await publish({ cluster: 'still' });
    await expect.poll(() => calls).toBe(1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    await expect
      .poll(async () => expectKind(await consumerLag(test.hub, 'test', 'still'), 'lag').redelivered)
      .toBeGreaterThan(0);
    gate.resolve();
    await expect.poll(() => consumer.seen).toHaveLength(1);
    await expect
      .poll(async () => expectKind(await consumerLag(test.hub, 'test', 'still'), 'lag').inHand)
      .toBe(0);
    expect(calls).toBe(1);
    await consumer.stop();
  });

  it('is taken over when its holder dies', async () => {
    const doomed = await openHub(test.server.url);
    let taken = 0;
    const never = new Promise<'done'>(() => undefined);
    const handle = async () => {
      taken += 1;
      return never;
    };
    await consume('orphan', handle, doomed, 500);
    await publish({ cluster: 'orphan' });
    await expect.poll(() => taken).toBe(1);
    await doomed.connection.close();
    const heir = await consume('orphan', undefined, test.hub, 500);
    await expect.poll(() => heir.seen, { timeout: 5_000 }).toHaveLength(1);
    await heir.stop();
  });

  it('shares the work of one durable name, each report once', async () => {
    const other = await openHub(test.server.url);
    const [one, two] = [await consume('share'), await consume('share', undefined, other)];
    for (let counter = 0; counter < 200; counter += 1) await publish({ cluster: 'share', counter });
    await expect.poll(() => one.seen.length + two.seen.length).toBe(200);
    const counters = [...one.seen, ...two.seen].map(({ event }) => event.counter);
    expect(new Set(counters).size).toBe(200);
    await Promise.all([one.stop(), two.stop()]);
    await other.close();
  });
});

describe('what cannot be read or handled', () => {
  it('is kept with its reason, and good reports pass', async () => {
    const cluster = 'bad';
    const consumer = await consume(cluster);
    const good = faultEvent({ cluster });
    const text = formatFaultEvent(good);
    const wire = text.ok ? text.value : '';
    const subject = faultSubject(good);
    const sends: [string, string][] = [
      [subject, '{'],
      [subject, wire.replace('fault.v1', 'fault.v2')],
      [subject, `${wire}${' '.repeat(70_000)}`],
      [faultSubject({ ...good, node: 'victim' }), wire],
      [`fault.${cluster}.only-a-node`, wire],
    ];
    for (const [to, body] of sends) await test.hub.jetstream.publish(to, body);
    await publish({ cluster });
    await expect.poll(() => consumer.seen).toHaveLength(1);
    await expect.poll(() => consumer.dead).toHaveLength(5);
    const read = expectKind(await readDead(test.hub, cluster), 'read');
    expect(read.letters.map(({ reason }) => reason).toSorted()).toEqual([
      'malformed',
      'oversize',
      'unknown-version',
      'wrong-subject',
      'wrong-subject',
    ]);
    const large = read.letters.find(({ reason }) => reason === 'oversize')!;
    expect([large.body.length, large.bytes]).toEqual([4_096, wire.length + 70_000]);
    expect(read.letters[0]).toMatchObject({ subject, cluster, sequence: expect.any(Number) });
    await expect
      .poll(async () => expectKind(await consumerLag(test.hub, 'test', cluster), 'lag').inHand)
      .toBe(0);
    await consumer.stop();
  });

  it('is set aside after some tries, and is read back with its own place', async () => {
    const cluster = 'defect';
    const consumer = await consume(cluster, async () => {
      throw new Error('no such field');
    });
    const event = faultEvent({ cluster });
    const { sequence } = expectKind(await publish(event), 'stored');
    await expect.poll(() => consumer.dead, { timeout: 10_000 }).toHaveLength(1);
    expect(consumer.dead[0]).toMatchObject({
      reason: 'handler-failed',
      detail: 'Error: no such field',
    });
    const [letter] = expectKind(await readDead(test.hub, cluster), 'read').letters;
    const { deadSequence } = letter!;
    const found = expectKind(await readLetter(test.hub, cluster, deadSequence), 'letter');
    expect(reportOf(found.letter)).toMatchObject({ ok: true, fault: { event, sequence } });
    expect(await readLetter(test.hub, 'another', deadSequence)).toEqual({ kind: 'absent' });
    expect(await readLetter(test.hub, cluster, 999_999)).toEqual({ kind: 'absent' });
    await consumer.stop();
  });

  it('stays set aside while nobody can read it', async () => {
    const consumer = await consume('unreadable');
    await test.hub.jetstream.publish('fault.unreadable.n.c', 'not json é\n');
    await expect.poll(() => consumer.dead).toHaveLength(1);
    const [letter] = expectKind(await readDead(test.hub, 'unreadable'), 'read').letters;
    expect(new TextDecoder().decode(letter!.body)).toBe('not json é\n');
    expect(reportOf(letter!)).toMatchObject({
      ok: false,
      why: expect.stringContaining('not JSON'),
    });
    await consumer.stop();
  });
});

describe('a server that is killed', () => {
  it('loses nothing, and consumption goes on by itself', async () => {
    const cluster = 'killed';
    const hub = await openHub(test.server.url);
    const consumer = await consume(cluster, undefined, hub);
    await publish({ cluster, counter: 1 }, hub);
    await expect.poll(() => consumer.seen).toHaveLength(1);
    await test.server.kill();
    expectKind(await publishFault(hub, faultEvent({ cluster, counter: 2 })), 'unreachable');
    expect(hub.isConnected()).toBe(false);
    await test.server.start();
    await expect
      .poll(async () => (await publishFault(hub, faultEvent({ cluster, counter: 3 }))).kind, {
        timeout: 10_000,
      })
      .toBe('stored');
    await expect
      .poll(() => consumer.seen.map(({ event }) => event.counter), { timeout: 20_000 })
      .toContain(3);
    await consumer.stop();
    await hub.close();
  });

  it('goes on where it was with a consumer that was deleted', async () => {
    const cluster = 'goes-on';
    const consumer = await consume(cluster);
    await publish({ cluster, counter: 1 });
    await expect.poll(() => consumer.seen).toHaveLength(1);
    await test.hub.manager.consumers.delete('FAULTS', 'test-goes-on');
    await publish({ cluster, counter: 2 });
    await expect.poll(() => consumer.seen, { timeout: 10_000 }).toHaveLength(2);
    expect(consumer.seen.map(({ event }) => event.counter)).toEqual([1, 2]);
    await consumer.stop();
  });

  it('hands over again what was in hand when the consumer was deleted, and nothing before it', async () => {
    const cluster = 'in-hand';
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const handed: number[] = [];
    const consumer = await consume(cluster, async ({ event }) => {
      handed.push(event.counter);
      if (event.counter === 2) await released;
      return 'done';
    });
    await publish({ cluster, counter: 1 });
    await publish({ cluster, counter: 2 });
    await expect.poll(() => handed).toEqual([1, 2]);
    await test.hub.manager.consumers.delete('FAULTS', 'test-in-hand');
    await publish({ cluster, counter: 3, node: 'another' });
    await expect.poll(() => handed, { timeout: 10_000 }).toContain(3);
    release();
    await expect.poll(() => consumer.seen.length).toBe(3);
    expect(handed.filter((counter) => counter === 1)).toHaveLength(1);
    await consumer.stop();
  });

  it('takes all of a FAULTS that was deleted and made again, by us or from 1 by others', async () => {
    const own = await startHub();
    const cluster = 'again';
    const consumer = await consume(cluster, undefined, own.hub);
    const { streams } = own.hub.manager;
    await publish({ cluster, counter: 1 }, own.hub);
    await expect.poll(() => consumer.seen).toHaveLength(1);
    await streams.delete('FAULTS');
    expectKind(await ensureStreams(own.hub, { former: true }), 'ready');
    await publish({ cluster, counter: 2 }, own.hub);
    await expect.poll(() => consumer.seen.length, { timeout: 10_000 }).toBe(2);
    await streams.delete('FAULTS');
    await streams.add({ name: 'FAULTS', subjects: ['fault.>'] });
    expect(await publish({ cluster, counter: 3 }, own.hub)).toMatchObject({ sequence: 1 });
    await expect.poll(() => consumer.seen.length, { timeout: 10_000 }).toBe(3);
    expect(consumer.seen.map(({ event }) => event.counter)).toEqual([1, 2, 3]);
    await consumer.stop();
    await own.remove();
  });

  it('makes the consumer again if it was deleted', async () => {
    const cluster = 'deleted';
    const consumer = await consume(cluster);
    await test.hub.manager.consumers.delete('FAULTS', 'test-deleted');
    await publish({ cluster });
    await expect.poll(() => consumer.seen, { timeout: 10_000 }).toHaveLength(1);
    await consumer.stop();
  });
});
