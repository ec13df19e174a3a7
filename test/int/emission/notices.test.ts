/**
 * What notices keep in their bucket: under which key, and the very bytes. A test per kind of record, named like it;
 * test/unit/emissions.test.ts fails where one is missing.
 */
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { buckets } from '../../../domain/vocabulary/hub.ts';
import { publishJournal } from '../../../event-hub/index.ts';
import { openNotices } from '../../../notices/outbox.ts';
import { runTickets } from '../../../notices/tickets.ts';
import type { Taken } from '../../../notices/ticketSink.ts';
import { createLogger } from '../../../telemetry/logger.ts';
import { at } from '../../support/given.ts';
import { expectKind } from '../../support/hub.ts';
import { useHub } from '../../support/useHub.ts';
import { rawKey } from '../../support/raw.ts';
import { handedOver, sampleTicket } from '../../support/tickets.ts';

const { hub, signal } = useHub();

const node = 'ip-10-0-1-17.eu-west-1';

test('notices/pending: a ticket that no place has taken yet', async () => {
  const about = await handOver('waiting', {
    kind: 'not-taken',
    why: 'no space left',
    retryAfterMs: 60_000,
  });
  const key = 'waiting.file=2Fr-waiting=2F1';
  expect(await rawKey(hub().hub, { bucket: buckets.notices, key, part: 'no space' })).toBe(
    JSON.stringify({
      kind: 'pending',
      sink: 'file',
      delivery: 'r-waiting/1',
      node,
      repairId: 'r-waiting',
      since: at(60),
      tries: 1,
      nextTryAt: at(120),
      ticket: sampleTicket(about),
      triedAt: at(60),
      answer: 'no space left',
    }),
  );
});

test('notices/delivered: a ticket that was taken', async () => {
  await handOver('taken', { kind: 'taken', how: 'written' });
  const key = 'taken.file=2Fr-taken=2F1';
  expect(await rawKey(hub().hub, { bucket: buckets.notices, key, part: 'delivered' })).toBe(
    JSON.stringify({
      kind: 'delivered',
      sink: 'file',
      delivery: 'r-taken/1',
      node,
      repairId: 'r-taken',
      since: at(60),
      tries: 1,
      at: at(60),
    }),
  );
});

test('notices/unreadable: a line of the journal of which no notice can be made', async () => {
  await follow('unread', { kind: 'taken', how: 'written' });
  const subject = 'journal.unread.ip-10-0-1-17%2Eeu-west-1';
  const { seq } = await hub().hub.jetstream.publish(subject, '{}');
  const text = await rawKey(hub().hub, {
    bucket: buckets.notices,
    key: 'unread.unreadable=2Ffile',
  });
  const { why, ...others } = JSON.parse(text) as { why: string };
  expect(why).toContain('version');
  const told = { kind: 'unreadable', sink: 'file', count: 1, at: at(60) };
  expect(text).toBe(JSON.stringify({ ...told, subject, streamSequence: seq, why }));
  expect(others).toEqual({ ...told, subject, streamSequence: seq });
});

/** A repair is handed over in this cluster, whose only place for tickets answers so. */
async function handOver(cluster: string, answer: Taken) {
  await follow(cluster, answer);
  const about = { repairId: `r-${cluster}`, cluster, node };
  expectKind(await publishJournal(hub().hub, handedOver(about)), 'stored');
  return about;
}

async function follow(cluster: string, answer: Taken): Promise<void> {
  const unheard = new Writable({ write: (_text, _encoding, done) => done() });
  const around = {
    hub: hub().hub,
    cluster,
    clock: () => at(60),
    signal: signal(),
    log: createLogger({ level: 'error', name: 'test', to: unheard }),
    counting: {
      delivered: () => undefined,
      failed: () => undefined,
      pending: () => undefined,
      unreadable: () => undefined,
    },
  };
  const bucket = await openNotices(around);
  const sink = { name: 'file', atOnce: 1, deliver: async () => answer } as const;
  void runTickets(around, bucket!, [sink]);
}
