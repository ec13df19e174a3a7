/** What every place that takes tickets keeps to, on the real thing; when it is tried again is for the projection. */
import { createHmac } from 'node:crypto';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ticket } from '../../../domain/notices/types.ts';
import { createFileSink } from '../../../notices/fileSink.ts';
import type { Sink } from '../../../notices/ticketSink.ts';
import { createWebhookSink } from '../../../notices/webhookSink.ts';
import { ticketHeaders } from '../../../domain/vocabulary/hub.ts';
import { Receiver, secret } from '../../support/receiver.ts';
import { sampleTicket } from '../../support/tickets.ts';

const never = new AbortController().signal;

type World = {
  readonly sink: Sink;
  /** The tickets that arrived, by their delivery id, each once. */
  readonly arrived: () => Promise<readonly string[]>;
  readonly breakIt: () => Promise<void>;
  readonly mendIt: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

async function fileWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-tickets-'));
  const place = join(folder, 'place');
  const file = join(place, 'tickets.jsonl');
  return {
    sink: createFileSink(file),
    arrived: async () => (await linesOf(file)).map(({ delivery }) => delivery),
    breakIt: () => rm(place, { recursive: true, force: true }),
    mendIt: async () => void (await mkdir(place, { recursive: true })),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function webhookWorld(): Promise<World> {
  const receiver = await Receiver.start();
  const { url, secretFile } = receiver;
  await receiver.down();
  return {
    sink: createWebhookSink({ url, secretFile, clock: Date.now }),
    arrived: async () => [...new Set(receiver.taken.map(({ ticket }) => ticket.delivery))],
    breakIt: () => receiver.down(),
    mendIt: () => receiver.up(),
    remove: () => receiver.remove(),
  };
}

async function linesOf(file: string): Promise<readonly Ticket[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Ticket);
}

describe.each([
  ['file', fileWorld],
  ['webhook', webhookWorld],
] as const)('the sink %s', (name, makeWorld) => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.remove();
  });
  const deliver = (ticket = sampleTicket()) => world.sink.deliver(ticket, never);

  it('is called so', () => {
    expect(world.sink.name).toBe(name);
  });

  it('takes a ticket and says where it is', async () => {
    await world.mendIt();
    expect(await deliver()).toEqual({ kind: 'taken', how: expect.any(String) });
    expect(await world.arrived()).toEqual([sampleTicket().delivery]);
  });

  it('says why it did not, and takes the same one later', async () => {
    expect(await deliver()).toMatchObject({
      kind: 'not-taken',
      why: expect.stringMatching(/ENOENT|ECONNREFUSED/),
    });
    await world.mendIt();
    expect(await deliver()).toMatchObject({ kind: 'taken' });
    await world.breakIt();
    expect(await deliver(sampleTicket({ repairId: 'r-2' }))).toMatchObject({ kind: 'not-taken' });
  });

  it('knows a second delivery of one ticket by its id', async () => {
    await world.mendIt();
    await deliver();
    await deliver();
    await deliver(sampleTicket({ repairId: 'r-2' }));
    expect(await world.arrived()).toEqual([sampleTicket().delivery, 'r-2/1']);
  });
});

describe('a file of tickets', () => {
  let folder = '';
  let file = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-tickets-'));
    file = join(folder, 'tickets.jsonl');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is read by nobody else, and holds each ticket whole', async () => {
    await createFileSink(file).deliver(sampleTicket(), never);
    expect(await linesOf(file)).toEqual([sampleTicket()]);
    expect((await stat(file)).mode & 0o007).toBe(0);
  });

  it('is known also to the next engine, and to one that finds lines of others in it', async () => {
    await createFileSink(file).deliver(sampleTicket(), never);
    await appendFile(file, 'a note of the operator\n');
    await createFileSink(file).deliver(sampleTicket(), never);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
  });

  it('is begun anew after its rotation', async () => {
    const sink = createFileSink(file);
    await sink.deliver(sampleTicket(), never);
    await truncate(file);
    await sink.deliver(sampleTicket({ repairId: 'r-2' }), never);
    expect((await linesOf(file)).map(({ repairId }) => repairId)).toEqual(['r-2']);
  });

  it('that ends in the middle of a ticket gets that ticket on a line of its own', async () => {
    await writeFile(file, JSON.stringify(sampleTicket()).slice(0, -10));
    expect(await createFileSink(file).deliver(sampleTicket(), never)).toMatchObject({
      kind: 'taken',
    });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1]!)).toEqual(sampleTicket());
  });

  it('that may not be written is said with its name', async () => {
    await mkdir(file);
    const answer = await createFileSink(file).deliver(sampleTicket(), never);
    expect(answer).toMatchObject({ kind: 'not-taken', why: expect.stringContaining(file) });
  });
});

describe('a webhook', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    await receiver.remove();
  });
  const now = 1_790_000_000_500;

  const deliver = (changes: object = {}, signal = never) => {
    const { url, secretFile } = receiver;
    const options = { url, secretFile, clock: () => now, timeoutMs: 300, ...changes };
    return createWebhookSink(options).deliver(sampleTicket(), signal);
  };

  it('is signed over its time and its text', async () => {
    expect(await deliver()).toEqual({ kind: 'taken', how: 'the webhook answered 202' });
    const { headers, body } = receiver.received[0]!;
    const signature = createHmac('sha256', secret).update(`1790000000.${body}`).digest('hex');
    expect(headers[ticketHeaders.signature]).toBe(`v1=${signature}`);
    expect(headers[ticketHeaders.timestamp]).toBe('1790000000');
    expect(headers[ticketHeaders.delivery]).toBe(sampleTicket().delivery);
    expect(headers['content-type']).toBe('application/json');
  });

  it.each([200, 204, 299])('has taken it when it answers %i', async (status) => {
    receiver.reply = () => ({ status });
    expect(await deliver()).toMatchObject({ kind: 'taken' });
  });

  it.each([
    [302, 'answered 302: look at ticket.webhookUrl'],
    [401, 'answered 401: look at ticket.webhookUrl and its secret'],
    [404, 'answered 404: look at'],
    [408, 'answered 408'],
    [429, 'answered 429'],
    [500, 'answered 500'],
    [503, 'answered 503'],
  ])('has not when it answers %i', async (status, why) => {
    receiver.reply = () => ({ status, headers: { location: '/elsewhere' } });
    const answer = await deliver();
    expect(answer).toMatchObject({ kind: 'not-taken', why: expect.stringContaining(why) });
    expect(answer).not.toHaveProperty('retryAfterMs');
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ['7', 7_000],
    [new Date(now + 61_500).toUTCString(), 61_500],
    ['0', undefined],
    ['-3', undefined],
    ['soon', undefined],
  ])('that asks for time with %j gets it', async (header, ms) => {
    receiver.reply = () => ({ status: 429, headers: { 'retry-after': header } });
    const answer = await deliver();
    expect('retryAfterMs' in answer ? answer.retryAfterMs : undefined).toBe(ms);
  });

  it('that says nothing is given up in time', async () => {
    receiver.reply = () => 'never';
    expect(await deliver()).toEqual({ kind: 'not-taken', why: 'no answer within 0.3 s' });
  });

  it('that breaks the connection has not taken it', async () => {
    receiver.reply = () => 'reset';
    expect(await deliver()).toMatchObject({
      kind: 'not-taken',
      why: expect.stringMatching(/ECONNRESET|hang up/),
    });
  });

  it('is left at once when it is called off', async () => {
    receiver.reply = () => 'never';
    const controller = new AbortController();
    const asked = deliver({ timeoutMs: 60_000 }, controller.signal);
    await expect.poll(() => receiver.received).toHaveLength(1);
    controller.abort();
    expect(await asked).toEqual({ kind: 'not-taken', why: 'it was called off' });
  });

  it('is not called without a secret', async () => {
    expect(await deliver({ secretFile: '/none' })).toMatchObject({
      why: expect.stringContaining('ENOENT'),
    });
    expect(await deliver({ secretFile: '/dev/null' })).toMatchObject({ why: '/dev/null is empty' });
    expect(receiver.received).toEqual([]);
  });
});
