/** Calls a person, with everything known: a line in a file, a signed webhook, or both. Once per repair and rung. */
import { createHmac } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import type { EpochMs } from '../domain/vocabulary.ts';
import { callOnce, type HttpAnswer } from './http.ts';
import type { Driver, RungRequest, RungResult } from './port.ts';

export type TicketOptions = {
  readonly webhookUrl?: string;
  /** Holds the key that signs the webhook; read anew for each call. */
  readonly secretFile?: string;
  readonly file?: string;
  readonly clock: () => EpochMs;
};

/** The headers by which a receiver knows the sender, the time and a repeated delivery. */
export const ticketHeaders = {
  signature: 'slipway-signature',
  timestamp: 'slipway-timestamp',
  delivery: 'slipway-delivery',
} as const;

export function createTicketDriver(options: TicketOptions): Driver {
  let before = Promise.resolve();
  return {
    name: 'ticket',
    // One at a time: the file is looked at before it is written.
    run: (request, signal) => {
      const result = before.then(() => open(options, request, signal));
      before = result.then(() => undefined);
      return result;
    },
  };
}

/** `v1=` and the HMAC-SHA256, in hexadecimal, over time stamp, a dot and the body. */
function signTicket(secret: string, timestamp: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

async function open(
  options: TicketOptions,
  request: RungRequest,
  signal: AbortSignal,
): Promise<RungResult> {
  try {
    const results = [];
    if (options.file !== undefined) results.push(await write(options.file, options, request));
    if (options.webhookUrl !== undefined)
      results.push(await send(options.webhookUrl, options, { request, signal }));
    return merge(results);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { result: 'rejected', detail: `no ticket: ${why}` };
  }
}

/** A person who was reached by one way needs no second call. */
function merge(results: readonly RungResult[]): RungResult {
  const best = (['done', 'unknown', 'rejected'] as const)
    .map((result) => results.find((one) => one.result === result))
    .find((one) => one !== undefined);
  if (!best)
    return { result: 'rejected', detail: 'no ticket: neither a file nor a webhook is configured' };
  return { ...best, detail: results.map(({ detail }) => detail).join('; ') };
}

function deliveryOf({ repairId, rung }: RungRequest): string {
  return `${repairId}/${rung.name}`;
}

/** Everything a person needs to go on, and the same text however often it is made. */
function evidence(request: RungRequest): object {
  const { repairId, cluster, node, fault, rung } = request;
  return {
    version: 1,
    delivery: deliveryOf(request),
    repairId,
    cluster,
    node: node.name,
    nodeUid: node.uid,
    rung: rung.name,
    summary: `${node.name}: ${fault.check} is ${fault.verdict} (${fault.reason}); automation has ended`,
    fault,
    facts: node,
    next: [
      `slipway why ${node.name}`,
      `slipway repairs show ${repairId}`,
      `slipway repairs continue ${repairId} --reason "..."`,
    ],
  };
}

async function write(
  file: string,
  { clock }: TicketOptions,
  request: RungRequest,
): Promise<RungResult> {
  const written = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const key = JSON.stringify(deliveryOf(request));
  if (written.includes(`"delivery":${key}`))
    return { result: 'done', detail: `the ticket is in ${file} already` };
  if (clock() >= request.deadlineAt)
    return { result: 'rejected', detail: 'no ticket: the deadline had passed' };
  await appendFile(file, `${JSON.stringify({ ...evidence(request), at: clock() })}\n`, {
    mode: 0o640,
  });
  return { result: 'done', detail: `ticket written to ${file}` };
}

async function send(
  webhookUrl: string,
  { secretFile, clock }: TicketOptions,
  { request, signal }: { request: RungRequest; signal: AbortSignal },
): Promise<RungResult> {
  if (secretFile === undefined)
    return {
      result: 'rejected',
      detail: 'no ticket sent: a webhook must be signed, set secretFile',
    };
  const secret = (await readFile(secretFile, 'utf8')).trim();
  if (secret === '')
    return { result: 'rejected', detail: `no ticket sent: ${secretFile} is empty` };
  const body = JSON.stringify(evidence(request));
  const timestamp = String(Math.floor(clock() / 1_000));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    [ticketHeaders.delivery]: deliveryOf(request),
    [ticketHeaders.timestamp]: timestamp,
    [ticketHeaders.signature]: signTicket(secret, timestamp, body),
  };
  const call = { method: 'POST', url: new URL(webhookUrl), headers, body } as const;
  return judge(await callOnce(call, { deadlineAt: request.deadlineAt, clock, signal }));
}

function judge(answer: HttpAnswer): RungResult {
  if (answer.kind === 'not-sent')
    return { result: 'rejected', detail: `no ticket sent: ${answer.why}` };
  if (answer.kind === 'lost') return { result: 'unknown', detail: `ticket sent: ${answer.why}` };
  const detail = `ticket sent: the webhook answered ${answer.status}`;
  if (answer.status >= 200 && answer.status < 300) return { result: 'done', detail };
  return { result: answer.status < 500 ? 'rejected' : 'unknown', detail };
}
