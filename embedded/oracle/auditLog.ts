/** The API server's audit log, read as a list of writes. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseAuditEvent, type AuditEvent } from '../../schemas/local/auditEvent.ts';

const readVerbs = ['get', 'list', 'watch'];

/** A write that the API server has answered. */
export type ApiWrite = {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly status: number;
  /** When the request came in and when its answer was complete, by the API server's clock, in epoch ms. */
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
  readonly request: unknown;
  readonly response: unknown;
};

/** All answered writes of an audit log, in the order in which they were answered. */
export async function readWrites(auditLog: string): Promise<ApiWrite[]> {
  const writes: ApiWrite[] = [];
  for await (const line of createInterface({ input: createReadStream(auditLog) })) {
    const event = parseAuditEvent(line);
    if (event?.stage !== 'ResponseComplete' || readVerbs.includes(event.verb)) continue;
    writes.push(toWrite(event));
  }
  return writes;
}

function toWrite(event: AuditEvent): ApiWrite {
  return {
    user: event.user.username,
    verb: event.verb,
    resource: event.objectRef?.resource ?? '',
    subresource: event.objectRef?.subresource,
    namespace: event.objectRef?.namespace,
    name: event.objectRef?.name,
    status: event.responseStatus?.code ?? 0,
    receivedAtMs: epochMs(event.requestReceivedTimestamp),
    answeredAtMs: epochMs(event.stageTimestamp),
    request: event.requestObject,
    response: event.responseObject,
  };
}

/** The server's times have microseconds, which `Date` would drop. */
function epochMs(timestamp: string): number {
  const micros = /\.\d{3}(\d{3})/.exec(timestamp)?.[1] ?? '0';
  return Date.parse(timestamp) + Number(micros) / 1000;
}

export function succeeded({ status }: ApiWrite): boolean {
  return status >= 200 && status < 300;
}
