/** What the hub acknowledged is there after its server was killed, however often. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consumeFaults } from '../../../event-hub/consume.ts';
import { publishFault } from '../../../event-hub/publish.ts';
import { readFaults } from '../../../event-hub/read.ts';
import { faultEvent } from '../../support/samples.ts';
import { expectKind, startHub, type TestHub } from '../../support/hub.ts';

const cluster = 'killed';
const kills = 4;

let test: TestHub;
beforeAll(async () => {
  test = await startHub();
});
afterAll(async () => {
  await test.remove();
});

/** Sends one report after the other, each until it is acknowledged, and keeps the acknowledged counters. */
async function publishUntil(signal: AbortSignal, node: string, acknowledged: number[]) {
  for (let counter = 0; !signal.aborted;) {
    const answer = await publishFault(
      test.hub,
      faultEvent({ cluster, node, nodeUid: node, counter }),
    );
    if (answer.kind === 'stored') acknowledged.push(counter++);
  }
}

describe('a server killed again and again', () => {
  it('loses nothing it acknowledged, keeps the order of each node, and all of it is handled', async () => {
    const publishing = new AbortController();
    const consuming = new AbortController();
    const handled = new Map<string, number[]>();
    const consumption = expectKind(
      await consumeFaults(test.hub, {
        durable: 'test',
        cluster,
        signal: consuming.signal,
        onBad: () => undefined,
        handle: async ({ event }) => {
          handled.set(event.node, [...(handled.get(event.node) ?? []), event.counter]);
          return 'done';
        },
      }),
      'consuming',
    );
    const acknowledged = ['n-1', 'n-2', 'n-3'].map((node) => ({ node, counters: [] as number[] }));
    const publishers = acknowledged.map(({ node, counters }) =>
      publishUntil(publishing.signal, node, counters),
    );
    for (let kill = 0; kill < kills; kill += 1) {
      const before = acknowledged.map(({ counters }) => counters.length);
      await expect
        .poll(() => acknowledged.every(({ counters }, n) => counters.length > before[n]! + 20), {
          timeout: 15_000,
        })
        .toBe(true);
      await test.server.kill();
      await test.server.start();
    }
    await expect.poll(() => test.hub.isConnected(), { timeout: 15_000 }).toBe(true);
    publishing.abort();
    await Promise.all(publishers);
    for (const { node, counters } of acknowledged) {
      const stored = expectKind(
        await readFaults(test.hub, { cluster, node, limit: 1_000_000 }),
        'read',
      );
      const storedCounters = stored.reports.map(({ event }) => event.counter);
      const inOrder = [...new Set(storedCounters)];
      expect(inOrder.slice(0, counters.length)).toEqual(counters);
      await expect
        .poll(() => new Set(handled.get(node)).size, { timeout: 25_000 })
        .toBe(inOrder.length);
    }
    consuming.abort();
    await consumption.stopped;
  }, 90_000);
});
