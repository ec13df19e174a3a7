/** A receiver of webhooks on a port of its own, which answers as a test says, and may be down. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ticket } from '../../domain/notices/types.ts';

export type Delivery = {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly ticket: Ticket;
  readonly at: number;
};

/** The status to answer with, and headers; `never`: the connection stays open without a word. */
export type Reply =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | 'never'
  | 'reset';

export class Receiver {
  readonly folder: string;
  readonly secretFile: string;
  /** All that was received whole, whatever was answered. */
  readonly received: Delivery[] = [];
  /** What was answered with 2xx. */
  readonly taken: Delivery[] = [];
  reply: (delivery: Delivery) => Reply = () => ({ status: 202 });
  #port = 0;
  #server: Server | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.secretFile = join(folder, 'secret');
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver(await mkdtemp(join(tmpdir(), 'slipway-receiver-')));
    await writeFile(receiver.secretFile, `${secret}\n`);
    await receiver.up();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { headers } = request;
        const delivery = { headers, body, ticket: JSON.parse(body) as Ticket, at: Date.now() };
        this.received.push(delivery);
        const reply = this.reply(delivery);
        if (reply === 'never') return;
        if (reply === 'reset') return void request.socket.resetAndDestroy();
        if (reply.status < 300) this.taken.push(delivery);
        response.writeHead(reply.status, reply.headers).end();
      });
    }).listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Connections are refused from now on. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async remove(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export const secret = 'not so secret';
