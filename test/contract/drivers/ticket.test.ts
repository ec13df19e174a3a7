import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTicketDriver, ticketHeaders, type TicketOptions } from '../../../drivers/ticket.ts';
import { startFaultyProxy } from '../../support/faultyProxy.ts';
import { sampleNode } from '../../support/samples.ts';
import { describeDriver, rungRequest } from './suite.ts';

const rung = { driver: 'ticket', action: 'open' } as const;
const secret = 'not so secret';

const now = 1_790_000_000_500;
const clock = () => now;
const ticketRequest = (changes = {}) => rungRequest(rung, { deadlineAt: now + 5_000, ...changes });

type Delivery = { readonly headers: IncomingHttpHeaders; readonly body: string };

/** A receiver of webhooks, and the folder of its secret. */
async function startReceiver() {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-ticket-'));
  const secretFile = join(folder, 'secret');
  await writeFile(secretFile, `${secret}\n`);
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      deliveries.push({ headers: request.headers, body });
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    await rm(folder, { recursive: true, force: true });
  };
  return { url, folder, secretFile, deliveries, stop };
}

function open(options: Partial<TicketOptions>, changes = {}) {
  const signal = new AbortController().signal;
  return createTicketDriver({ clock, ...options }).run(ticketRequest(changes), signal);
}

describeDriver('ticket', async () => {
  const receiver = await startReceiver();
  const proxy = await startFaultyProxy(receiver.url);
  return {
    make: (worldClock) =>
      createTicketDriver({
        webhookUrl: `${proxy.url}/hook`,
        secretFile: receiver.secretFile,
        clock: worldClock,
      }),
    rung,
    unsent: 'rejected',
    proxy,
    clockReadings: 3,
    acts: () => receiver.deliveries.length,
    remove: async () => {
      await proxy.stop();
      await receiver.stop();
    },
  };
});

describe('a ticket', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await receiver.stop();
  });

  it('is signed over its time and its text', async () => {
    const { url: webhookUrl, secretFile } = receiver;
    expect((await open({ webhookUrl, secretFile })).result).toBe('done');
    const { headers, body } = receiver.deliveries[0]!;
    const signature = createHmac('sha256', secret).update(`1790000000.${body}`).digest('hex');
    expect(headers[ticketHeaders.signature]).toBe(`v1=${signature}`);
    expect(headers[ticketHeaders.timestamp]).toBe('1790000000');
    expect(headers[ticketHeaders.delivery]).toBe('r-abcdefghij234567abcd/step');
  });

  it('carries the evidence and what to do next', async () => {
    const file = join(receiver.folder, 'tickets.jsonl');
    await open({ file });
    const line = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    expect(line).toMatchObject({
      repairId: 'r-abcdefghij234567abcd',
      node: sampleNode,
      summary: expect.stringContaining('KernelDeadlock is faulty (DockerHung)'),
      fault: { check: 'KernelDeadlock' },
      facts: { bootId: expect.any(String) },
      next: expect.arrayContaining([`slipway why ${sampleNode}`]),
    });
  });

  it('is written once for each repair and rung, also by two at a time', async () => {
    const file = join(receiver.folder, 'tickets.jsonl');
    const driver = createTicketDriver({ clock, file });
    const signal = new AbortController().signal;
    const results = await Promise.all([
      driver.run(ticketRequest(), signal),
      driver.run(ticketRequest(), signal),
    ]);
    expect(results.map(({ result }) => result)).toEqual(['done', 'done']);
    await open({ file });
    await open({ file }, { repairId: 'r-other' });
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
  });

  it('that reached a person by one way is done, and says what failed', async () => {
    const file = join(receiver.folder, 'tickets.jsonl');
    const { secretFile } = receiver;
    const answer = await open({ file, webhookUrl: 'http://127.0.0.1:1', secretFile });
    expect(answer.result).toBe('done');
    expect(answer.detail).toMatch(/written to .*; no ticket sent: connect ECONNREFUSED/);
  });

  it.each<[string, Partial<TicketOptions>, string]>([
    ['no way to send it', {}, 'neither a file nor a webhook'],
    ['a file that cannot be written', { file: '/none/tickets.jsonl' }, 'ENOENT'],
    ['a webhook without a secret', { webhookUrl: 'http://127.0.0.1:1' }, 'must be signed'],
    ['a missing secret', { webhookUrl: 'http://127.0.0.1:1', secretFile: '/none' }, 'ENOENT'],
    ['an empty secret', { webhookUrl: 'http://127.0.0.1:1', secretFile: '/dev/null' }, 'is empty'],
  ])('with %s is rejected', async (_, options, why) => {
    const answer = await open(options);
    expect(answer.result).toBe('rejected');
    expect(answer.detail).toContain(why);
  });

  it('is not written after the deadline', async () => {
    const file = join(receiver.folder, 'late.jsonl');
    expect((await open({ file }, { deadlineAt: now })).result).toBe('rejected');
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});
