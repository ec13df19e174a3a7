/** Writing to the hub: each call waits for the stream's own acknowledgement, for a bounded time. */
import type { FaultEvent } from '../domain/fault.ts';
import { streams } from '../domain/vocabulary/hub.ts';
import { formatFaultEvent, maxFaultEventBytes } from '../schemas/wire/faultEvent.ts';
import { formatLineOrStub, type JournalLine } from '../schemas/wire/journalLine.ts';
import { asFailure, type Hub, type HubFailure } from './connection.ts';
import { faultSubject, journalSubject } from './subjects.ts';

/** The value itself cannot be sent; nothing was. */
export type Invalid = { readonly kind: 'invalid'; readonly why: string };

export type FaultStored = {
  readonly kind: 'stored';
  /** Of a duplicate: the sequence of the first. */
  readonly sequence: number;
  readonly duplicate: boolean;
};

/** Stores one report. Sending it again within the duplicate window stores nothing. */
export async function publishFault(
  hub: Hub,
  event: FaultEvent,
): Promise<FaultStored | Invalid | HubFailure> {
  const text = formatFaultEvent(event);
  if (!text.ok) return { kind: 'invalid', why: `fault event ${event.id}: ${text.why}` };
  const bytes = new TextEncoder().encode(text.value);
  if (bytes.length > maxFaultEventBytes)
    return {
      kind: 'invalid',
      why: `fault event ${event.id}: larger than ${maxFaultEventBytes} bytes`,
    };
  try {
    const ack = await hub.jetstream.publish(faultSubject(event), bytes, { msgID: event.id });
    return { kind: 'stored', sequence: ack.seq, duplicate: ack.duplicate };
  } catch (error) {
    return asFailure(error, streams.faults);
  }
}

/**
 * Stores lines in their order. Anything but `stored` says nothing about single lines: send all of them again,
 * since the hub drops what it has, and readers keep the first of each.
 */
export async function publishJournal(
  hub: Hub,
  lines: readonly JournalLine[],
): Promise<{ readonly kind: 'stored' } | Invalid | HubFailure> {
  const sends: { line: JournalLine; body: string }[] = [];
  for (const line of lines) {
    const text = formatLineOrStub(line);
    if (!text.ok) return { kind: 'invalid', why: `journal line ${journalId(line)}: ${text.why}` };
    sends.push({ line, body: text.value });
  }
  const acks = await Promise.allSettled(
    sends.map(({ line, body }) =>
      hub.jetstream.publish(journalSubject(line), body, { msgID: journalId(line) }),
    ),
  );
  const failed = acks.find((ack) => ack.status === 'rejected');
  return failed === undefined ? { kind: 'stored' } : asFailure(failed.reason, streams.journal);
}

/** Without a repair there is no id to count in, so place and time stand in for it. */
function journalId({ repairId, sequence, cluster, node, at, by }: JournalLine): string {
  if (repairId !== undefined) return `${repairId}/${sequence}`;
  return JSON.stringify([cluster, node ?? null, by, sequence, at]);
}
