/** Tickets reach their sinks from JOURNAL, whatever becomes of receiver, hub and engine. What an end makes: test/unit. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ticket } from '../../../domain/notices/types.ts';
import type { JournalEntry } from '../../../domain/repair/types.ts';
import { publishJournal } from '../../../event-hub/index.ts';
import { journalSubject } from '../../../event-hub/subjects.ts';
import { openNotices } from '../../../notices/outbox.ts';
import { createFileSink } from '../../../notices/fileSink.ts';
import { runTickets } from '../../../notices/tickets.ts';
import { createWebhookSink } from '../../../notices/webhookSink.ts';
import type { NoticeRecord } from '../../../schemas/wire/noticeRecord.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import { expectKind, openHub, startHub, type TestHub } from '../../support/hub.ts';
import { Receiver } from '../../support/receiver.ts';
import { handedOver } from '../../support/tickets.ts';

let test: TestHub;
beforeAll(async () => {
  test = await startHub();
});
afterAll(async () => {
  await test.remove();
});

let cases = 0;
let cluster = '';
let receiver: Receiver;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  cases += 1;
  cluster = `cluster-${cases}`;
  receiver = await Receiver.start();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await receiver.remove();
});

type Told = { unreadable: number; failed: number; pending: Map<string, number> };

/** What an engine does while it leads; `end` is what it does when it stops. */
async function tell(names: readonly ('file' | 'webhook')[] = ['webhook'], timeoutMs = 1_000) {
  const controller = new AbortController();
  const told: Told = { unreadable: 0, failed: 0, pending: new Map() };
  const around = {
    hub: test.hub,
    cluster,
    clock: Date.now,
    signal: controller.signal,
    log: createLogger({ level: 'error', name: 'test' }),
    counting: {
      delivered: () => undefined,
      failed: () => void (told.failed += 1),
      pending: (sink: string, count: number) => void told.pending.set(sink, count),
      unreadable: () => void (told.unreadable += 1),
    },
  };
  const bucket = (await openNotices(around))!;
  const { url, secretFile } = receiver;
  const sinks = names.map((name) =>
    name === 'file'
      ? createFileSink(file())
      : createWebhookSink({ url, secretFile, clock: Date.now, timeoutMs }),
  );
  const running = runTickets(around, bucket, sinks);
  const end = async (): Promise<void> => {
    controller.abort();
    await running;
  };
  ends.push(end);
  const record = async (key: string): Promise<NoticeRecord | undefined> => {
    const found = await bucket.get(key);
    return found.kind === 'found' ? found.value : undefined;
  };
  return { told, end, record };
}

async function fileLines(): Promise<readonly Ticket[]> {
  const text = await readFile(file(), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Ticket);
}

function file(): string {
  return join(receiver.folder, `${cluster}.jsonl`);
}

async function handOver(repairId: string, changes: Partial<JournalEntry> = {}): Promise<void> {
  const entries = handedOver({ repairId: own(repairId), cluster, ...changes });
  expectKind(await publishJournal(test.hub, entries), 'stored');
}

/** The hub drops what has the id of another, also of another case. */
function own(repairId: string): string {
  return `${repairId}-c${cases}`;
}

function taken(): string[] {
  return receiver.taken.map(({ ticket }) => nameOf(ticket.repairId)).toSorted();
}

function nameOf(repairId: string): string {
  return repairId.replace(`-c${cases}`, '');
}

const poll = { timeout: 10_000, interval: 20 };

describe('a hand-over', () => {
  it('makes one ticket for each sink, with all that the journal knows of it', async () => {
    await tell(['file', 'webhook']);
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    const { ticket, headers } = receiver.taken[0]!;
    expect(headers['slipway-delivery']).toBe(`${own('r-1')}/1`);
    expect(ticket).toMatchObject({ cluster, outcome: 'escalated', fault: { verdict: 'faulty' } });
    expect(await fileLines()).toEqual([ticket]);
  });

  it('is in the file before the network hears of it', async () => {
    const inFile: boolean[] = [];
    receiver.reply = () => {
      inFile.push(existsSync(file()));
      return { status: 202 };
    };
    await tell(['file', 'webhook']);
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    expect(inFile).toEqual([true]);
  });

  it('is told although it happened before anybody listened, and a good end never', async () => {
    const events = [{ kind: 'closed', outcome: 'repaired', reason: 'healed', at: 9 }] as const;
    await handOver('r-1');
    await handOver('r-2', { events });
    await handOver('r-3');
    await tell();
    await expect.poll(taken, poll).toEqual(['r-1', 'r-3']);
  });

  it('stored twice is told once', async () => {
    const notices = await tell();
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    const subject = journalSubject({ cluster, node: handedOver()[1]!.node });
    const again = JSON.stringify(handedOver({ repairId: own('r-1'), cluster })[1]);
    await test.hub.jetstream.publish(subject, again);
    await handOver('r-2');
    await expect.poll(taken, poll).toEqual(['r-1', 'r-2']);
    expect(notices.told.failed).toBe(0);
  });

  it('of another cluster is told by its own engine', async () => {
    await tell();
    await handOver('r-other', { cluster: 'elsewhere' });
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
  });

  it('makes a burst of ten ten tickets', async () => {
    await tell(['file', 'webhook']);
    const repairs = Array.from({ length: 10 }, (_, index) => `r-${index}`);
    await Promise.all(repairs.map((repairId) => handOver(repairId)));
    await expect.poll(taken, poll).toEqual([...repairs]);
    await expect.poll(async () => (await fileLines()).length, poll).toBe(10);
  });
});

describe('a receiver', () => {
  it('that is down gets its ticket once it is up, and nothing is lost meanwhile', async () => {
    await receiver.down();
    const { told, record } = await tell(['file', 'webhook']);
    await handOver('r-1');
    await expect.poll(async () => (await fileLines()).length, poll).toBe(1);
    await expect.poll(() => told.failed, poll).toBeGreaterThan(1);
    expect(await record(`webhook/${own('r-1')}/1`)).toMatchObject({
      kind: 'pending',
      node: handedOver()[0]!.node,
      tries: expect.any(Number),
      answer: expect.stringContaining('ECONNREFUSED'),
    });
    expect(told.pending.get('webhook')).toBe(1);
    await receiver.up();
    await expect.poll(taken, poll).toEqual(['r-1']);
    await expect
      .poll(() => record(`webhook/${own('r-1')}/1`), poll)
      .toMatchObject({ kind: 'delivered', at: expect.any(Number) });
    expect(told.pending.get('webhook')).toBe(0);
    expect(await fileLines()).toHaveLength(1);
  });

  it.each([500, 503, 429, 400, 404])('that answers %i is asked again', async (status) => {
    receiver.reply = () => ({ status: receiver.received.length > 1 ? 200 : status });
    await tell();
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    const deliveries = receiver.received.map(({ headers }) => headers['slipway-delivery']);
    expect(deliveries).toEqual([`${own('r-1')}/1`, `${own('r-1')}/1`]);
  });

  it('that asks for time is not asked before', async () => {
    const later = { 'retry-after': '3' };
    receiver.reply = () =>
      receiver.received.length > 1 ? { status: 200 } : { status: 429, headers: later };
    await tell();
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    const [first, second] = receiver.received;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(2_900);
  });

  it('that hangs on one ticket gets all others', async () => {
    receiver.reply = ({ ticket }) =>
      nameOf(ticket.repairId) === 'r-slow' ? 'never' : { status: 200 };
    await tell(['webhook'], 5_000);
    await handOver('r-slow');
    await expect.poll(() => receiver.received.length, poll).toBe(1);
    const others = Array.from({ length: 8 }, (_, index) => `r-${index}`);
    for (const repairId of others) await handOver(repairId);
    await expect.poll(taken, poll).toEqual([...others]);
    expect(
      receiver.received.filter(({ ticket }) => nameOf(ticket.repairId) === 'r-slow'),
    ).toHaveLength(1);
  });

  it('that hangs on all of them keeps none from the file', async () => {
    receiver.reply = () => 'never';
    await tell(['file', 'webhook'], 60_000);
    const repairs = Array.from({ length: 40 }, (_, index) => `r-${index}`);
    await Promise.all(repairs.map((repairId) => handOver(repairId)));
    await expect.poll(async () => (await fileLines()).length, poll).toBe(40);
  });
});

describe('an engine', () => {
  it('takes up what another one left, and tells nothing twice', async () => {
    await receiver.down();
    const first = await tell(['file', 'webhook']);
    await handOver('r-1');
    await expect.poll(() => first.told.failed, poll).toBeGreaterThan(0);
    await first.end();
    await handOver('r-2');
    await receiver.up();
    const second = await tell(['file', 'webhook']);
    await expect.poll(taken, poll).toEqual(['r-1', 'r-2']);
    await second.end();
    await tell(['file', 'webhook']);
    await handOver('r-3');
    await expect.poll(taken, poll).toEqual(['r-1', 'r-2', 'r-3']);
    await expect.poll(async () => (await fileLines()).length, poll).toBe(3);
  });

  it('goes on when the hub was killed under it', async () => {
    await tell();
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    await test.server.kill();
    await test.server.start();
    await expect
      .poll(
        async () =>
          (await publishJournal(test.hub, handedOver({ repairId: own('r-2'), cluster }))).kind,
        poll,
      )
      .toBe('stored');
    await expect.poll(taken, poll).toEqual(['r-1', 'r-2']);
  });

  it('goes on, and tells nothing twice, when its place in the journal was deleted', async () => {
    const { hub } = test;
    await tell(['file', 'webhook']);
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    for (const sink of ['file', 'webhook'])
      await hub.manager.consumers.delete('JOURNAL', `notices-${sink}-${cluster}`);
    await handOver('r-2');
    await expect.poll(taken, poll).toEqual(['r-1', 'r-2']);
    await expect.poll(async () => (await fileLines()).length, poll).toBe(2);
  });
});

describe('what cannot be read', () => {
  it('is said and kept, and holds up nothing', async () => {
    const { told, record } = await tell();
    const other = await openHub(test.server.url);
    const subject = journalSubject({ cluster, node: handedOver()[1]!.node });
    await other.jetstream.publish(subject, 'no JSON');
    const { node: _, ...nowhere } = handedOver({ repairId: own('r-0'), cluster })[1]!;
    await other.jetstream.publish(journalSubject({ cluster }), JSON.stringify(nowhere));
    const [opened, closing] = handedOver({ repairId: own('r-2'), cluster });
    const stub = { ...closing!, command: { kind: 'unwritable' } as const, events: [] };
    expectKind(await publishJournal(test.hub, [opened!, stub]), 'stored');
    await handOver('r-1');
    await expect.poll(taken, poll).toEqual(['r-1']);
    await expect.poll(() => told.unreadable, poll).toBe(3);
    expect(await record('unreadable/webhook')).toMatchObject({ kind: 'unreadable', count: 3 });
    await other.close();
  });
});
