/** The pager of the demo: a receiver of tickets that is down at first. It believes no ticket whose signature is wrong. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ticketHeaders } from '../domain/vocabulary/hub.ts';
import { parseTicketLine } from '../schemas/wire/ticketLine.ts';

/** A ticket as it came in. */
export type ReceivedTicket = {
  readonly delivery: string;
  readonly node: string;
  readonly repairId: string;
  readonly signed: boolean;
  readonly atMs: number;
};

export type Receiver = {
  readonly url: string;
  readonly secretFile: string;
  /** Connections that it broke off while it was down. */
  readonly brokenOff: () => number;
  readonly arrivals: () => readonly ReceivedTicket[];
  readonly up: () => void;
  readonly close: () => Promise<void>;
};

/** Its port stays its own, so that nobody else's tickets and no other program come in between. */
export async function openReceiver(dataDir: string): Promise<Receiver> {
  const secret = randomBytes(32).toString('hex');
  const secretFile = join(dataDir, 'ticket.secret');
  await writeFile(secretFile, secret, { mode: 0o600 });
  const arrivals: ReceivedTicket[] = [];
  let isUp = false;
  let brokenOff = 0;
  const server = createServer((request, response) => {
    void receive(request, response, secret).then((arrival) => arrivals.push(arrival));
  });
  server.on('connection', (socket) => {
    if (isUp) return;
    brokenOff += 1;
    socket.resetAndDestroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/tickets`,
    secretFile,
    brokenOff: () => brokenOff,
    arrivals: () => arrivals,
    up: () => {
      isUp = true;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  secret: string,
): Promise<ReceivedTicket> {
  const body = await text(request);
  const header = (name: string): string => String(request.headers[name] ?? '');
  const { node = '', repairId = '' } = parseTicketLine(body) ?? {};
  const signed = isSigned(
    secret,
    `${header(ticketHeaders.timestamp)}.${body}`,
    header(ticketHeaders.signature),
  );
  response.writeHead(signed ? 204 : 401).end();
  return { delivery: header(ticketHeaders.delivery), node, repairId, signed, atMs: Date.now() };
}

function isSigned(secret: string, signed: string, signature: string): boolean {
  const wanted = Buffer.from(`v1=${createHmac('sha256', secret).update(signed).digest('hex')}`);
  const given = Buffer.from(signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
