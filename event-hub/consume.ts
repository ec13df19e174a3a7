/** Taking reports from FAULTS: each is handled until it is done, then acknowledged, never before (ADR 18). */
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import type { ConsumerInfo, JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { StoredFault } from '../domain/fault.ts';
import { streams } from '../domain/vocabulary/hub.ts';
import { pause } from '../std/pause.ts';
import { hubBackoffMs, type Hub, type HubFailure } from './connection.ts';
import { publishDead, type DeadLetter, type DeadReason } from './dead.ts';
import {
  consumerName,
  defaultAckWaitMs,
  deliver,
  unlessAbsent,
  type Consumption,
  type Hold,
} from './deliver.ts';
import { readFaultMessage } from './faultMessage.ts';
import { faultFilter, parseFaultSubject } from './subjects.ts';

/** How many throws of its handler, which then has a defect, before a report goes to DEAD. */
const maxThrows = 5;

export type FaultHandler = (stored: StoredFault) => Promise<'done' | 'retry'>;

export type ConsumeOptions = {
  /** The consumer's name on the hub; processes of one name and cluster share the work. */
  readonly durable: string;
  readonly cluster: string;
  /** `retry`: something it needs is down; it is asked again, with back-off, until `done`. */
  readonly handle: FaultHandler;
  /** Told once for each message that was set aside. */
  readonly onBad: (letter: DeadLetter) => void;
  /**
   * Ends the consumption: what is being handled is finished, the rest is given back. A report that was on its way
   * at this moment reaches the next consumer after `ackWaitMs`.
   */
  readonly signal: AbortSignal;
  /** The most reports taken and not yet acknowledged. */
  readonly maxPending?: number;
  /** A report whose holder is silent for this long, because it died, is given to another; 10 s unless given. */
  readonly ackWaitMs?: number;
};

/** Starts taking reports; from then on only the signal or `hub.close` ends it, whatever becomes of the connection. */
export async function consumeFaults(
  hub: Hub,
  options: ConsumeOptions,
): Promise<({ readonly kind: 'consuming' } & Consumption) | HubFailure> {
  const { ackWaitMs = defaultAckWaitMs, signal } = options;
  return deliver(hub, {
    stream: streams.faults,
    ensure: (from) => ensureConsumer(hub, options, from),
    laneOf: (subject) => parseFaultSubject(subject)?.node ?? subject,
    settle: (message, hold) => settle({ hub, options, message, hold }),
    ackWaitMs,
    signal,
  });
}

/** One that exists is taken as it is: where it began cannot be changed. */
async function ensureConsumer(
  hub: Hub,
  options: ConsumeOptions,
  from: number | undefined,
): Promise<ConsumerInfo> {
  const { consumers } = hub.manager;
  const name = consumerName(options.durable, options.cluster);
  const bounds = {
    ack_wait: nanos(options.ackWaitMs ?? defaultAckWaitMs),
    max_ack_pending: options.maxPending ?? 1_000,
  };
  const found = await unlessAbsent(consumers.info(streams.faults, name));
  if (found) return consumers.update(streams.faults, name, bounds);
  return consumers.add(streams.faults, {
    durable_name: name,
    filter_subject: faultFilter(options.cluster),
    ack_policy: AckPolicy.Explicit,
    max_deliver: -1,
    ...bounds,
    ...(await beginning(hub, from)),
  });
}

/**
 * A consumer that was deleted goes on where it was, since reports of days ago would be told again otherwise. A stream
 * that has not come that far is another one, made by somebody who let it count from 1: all of it is new.
 */
async function beginning({ manager }: Hub, from: number | undefined) {
  if (from === undefined) return { deliver_policy: DeliverPolicy.All };
  const { state } = await manager.streams.info(streams.faults);
  if (state.last_seq < from - 1) return { deliver_policy: DeliverPolicy.All };
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from };
}

type HeldFault = {
  readonly hub: Hub;
  readonly options: ConsumeOptions;
  readonly message: JsMsg;
  readonly hold: Hold;
};

async function settle(held: HeldFault): Promise<void> {
  const { message, hold } = held;
  const { signal, handle } = held.options;
  const read = readFaultMessage(message.subject, message.data);
  if (!read.ok) return setAside(held, { reason: read.reason, detail: read.why });
  const stored = { event: read.event, sequence: message.seq, storedAt: message.time.getTime() };
  let thrown = 0;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const answer = await handle(stored).catch((error: unknown) => ({ detail: String(error) }));
    if (answer === 'done') return hold.done();
    if (answer !== 'retry') thrown += 1;
    if (answer !== 'retry' && thrown >= maxThrows)
      return setAside(held, { reason: 'handler-failed', detail: answer.detail });
    await pause(hubBackoffMs(attempt), signal);
  }
  hold.giveBack();
}

/** Kept in DEAD first, struck off after: a crash in between keeps it twice, never loses it. */
async function setAside(
  { hub, options, message, hold }: HeldFault,
  { reason, detail }: { reason: DeadReason; detail: string },
): Promise<void> {
  const { signal, cluster, onBad } = options;
  const { subject, seq, data } = message;
  const letter: DeadLetter = { cluster, subject, sequence: seq, reason, detail, body: data };
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const kept = await publishDead(hub, letter);
    if (kept.kind === 'stored') {
      hold.strikeOff(reason);
      return onBad(letter);
    }
    await pause(hubBackoffMs(attempt), signal);
  }
  hold.giveBack();
}
