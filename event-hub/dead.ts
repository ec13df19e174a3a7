/** What could not be read or handled is kept with the reason, where a person finds it (ADR 18). */
import { headers } from '@nats-io/transport-node';
import type { MsgHdrs } from '@nats-io/transport-node';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { streams } from '../domain/vocabulary/hub.ts';
import { maxFaultEventBytes } from '../schemas/wire/faultEvent.ts';
import type { StoredFault } from '../domain/fault.ts';
import { readFaultMessage } from './faultMessage.ts';
import { asFailure, type Hub, type HubFailure } from './connection.ts';
import { fromDirect, readStored, type StoredMessage } from './read.ts';
import { deadSubject } from './subjects.ts';

const deadReasons = [
  'malformed',
  'unknown-version',
  'oversize',
  'wrong-subject',
  'handler-failed',
] as const;
export type DeadReason = (typeof deadReasons)[number];

export type DeadLetter = {
  readonly cluster: string;
  /** Where the original lay: its subject and its sequence in FAULTS. */
  readonly subject: string;
  readonly sequence: number;
  readonly reason: DeadReason;
  readonly detail: string;
  readonly body: Uint8Array;
};

export type StoredDeadLetter = DeadLetter & {
  readonly deadSequence: number;
  readonly storedAt: EpochMs;
  /** The size of the original; `body` holds its beginning if that was too large. */
  readonly bytes: number;
};

const names = {
  cluster: 'Slipway-Cluster',
  subject: 'Slipway-Subject',
  sequence: 'Slipway-Sequence',
  reason: 'Slipway-Reason',
  detail: 'Slipway-Detail',
  bytes: 'Slipway-Bytes',
} as const;

/** Sets a message aside; doing it twice for one original keeps one. */
export async function publishDead(
  hub: Hub,
  letter: DeadLetter,
): Promise<{ readonly kind: 'stored' } | HubFailure> {
  const marks = headers();
  marks.set(names.cluster, encodeURIComponent(letter.cluster));
  marks.set(names.subject, letter.subject);
  marks.set(names.sequence, String(letter.sequence));
  marks.set(names.reason, letter.reason);
  marks.set(names.detail, encodeURIComponent(letter.detail.slice(0, 2_000).toWellFormed()));
  marks.set(names.bytes, String(letter.body.length));
  const body = letter.body.subarray(0, maxFaultEventBytes);
  const msgID = `${letter.subject}/${letter.sequence}`;
  try {
    await hub.jetstream.publish(deadSubject(letter.cluster), body, { msgID, headers: marks });
    return { kind: 'stored' };
  } catch (error) {
    return asFailure(error, streams.dead);
  }
}

/** Everything set aside for a cluster, oldest first. */
export async function readDead(
  hub: Hub,
  cluster: string,
): Promise<{ readonly kind: 'read'; readonly letters: readonly StoredDeadLetter[] } | HubFailure> {
  const read = await readStored(hub, { stream: streams.dead, filters: [deadSubject(cluster)] });
  if (read.kind !== 'read') return read;
  return { kind: 'read', letters: read.messages.map((message) => toLetter(cluster, message)) };
}

/** One that was set aside, by its number; `absent` also for a number of another cluster. */
export async function readLetter(
  hub: Hub,
  cluster: string,
  number: number,
): Promise<
  | { readonly kind: 'letter'; readonly letter: StoredDeadLetter }
  | { readonly kind: 'absent' }
  | HubFailure
> {
  try {
    const message = await hub.manager.direct.getMessage(streams.dead, { seq: number });
    if (message?.subject !== deadSubject(cluster)) return { kind: 'absent' };
    return { kind: 'letter', letter: toLetter(cluster, fromDirect(message)) };
  } catch (error) {
    return asFailure(error, streams.dead);
  }
}

/** The report in a letter as it lay in FAULTS: with its own place, and believed only if it is what its subject says. */
export function reportOf(
  letter: StoredDeadLetter,
):
  | { readonly ok: true; readonly fault: StoredFault }
  | { readonly ok: false; readonly why: string } {
  const read = readFaultMessage(letter.subject, letter.body);
  if (!read.ok)
    return { ok: false, why: `DEAD ${letter.deadSequence} still cannot be read: ${read.why}` };
  const { sequence, storedAt } = letter;
  return { ok: true, fault: { event: read.event, sequence, storedAt } };
}

function toLetter(cluster: string, message: StoredMessage): StoredDeadLetter {
  const mark = (name: string): string => message.headers?.get(name) ?? '';
  return {
    cluster,
    subject: mark(names.subject),
    sequence: Number(mark(names.sequence)),
    reason: reasonOf(message.headers),
    detail: decodeURIComponent(mark(names.detail)),
    body: message.body,
    bytes: Number(mark(names.bytes)),
    deadSequence: message.sequence,
    storedAt: message.storedAt,
  };
}

function reasonOf(marks: MsgHdrs | undefined): DeadReason {
  return deadReasons.find((reason) => reason === marks?.get(names.reason)) ?? 'malformed';
}
