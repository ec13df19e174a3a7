/** Taking reports from FAULTS: each is handled until it is done, then acknowledged, never before (DESIGN 5). */
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { StoredFault } from '../domain/fault.ts';
import { streams } from '../domain/vocabulary.ts';
import { asFailure, backoffMs, pause, type Hub, type HubFailure } from './connection.ts';
import { publishDead, type DeadLetter, type DeadReason } from './dead.ts';
import { readFaultMessage } from './faultMessage.ts';
import { makeLanes, type Lanes } from './lanes.ts';
import { encodeKey, faultFilter, parseFaultSubject } from './subjects.ts';

const defaultAckWaitMs = 10_000;
/** So many signs of life fit into the wait that one of them may get lost. */
const signsOfLifePerWait = 3;
/** A handler that throws has a defect; so often may a message meet it before it is set aside. */
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

export type FaultConsumption = {
  /** Settles after the signal, when no handler is at work any more. Never rejects. */
  readonly stopped: Promise<void>;
};

type Held = { readonly hub: Hub; readonly options: ConsumeOptions } & {
  /** By stream sequence: the newest delivery of each message in our hands. */
  readonly inHand: Map<number, JsMsg>;
  readonly lanes: Lanes;
};

/** Starts taking reports; from then on only the signal or `hub.close` ends it, whatever becomes of the connection. */
export async function consumeFaults(
  hub: Hub,
  options: ConsumeOptions,
): Promise<({ readonly kind: 'consuming' } & FaultConsumption) | HubFailure> {
  try {
    const consumer = await ensureConsumer(hub, options);
    const held: Held = { hub, options, inHand: new Map(), lanes: makeLanes() };
    return { kind: 'consuming', stopped: consumeUntilStopped(held, consumer) };
  } catch (error) {
    return asFailure(error);
  }
}

async function ensureConsumer(hub: Hub, options: ConsumeOptions): Promise<Consumer> {
  const info = await hub.manager.consumers.add(streams.faults, {
    durable_name: consumerName(options.durable, options.cluster),
    filter_subject: faultFilter(options.cluster),
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(options.ackWaitMs ?? defaultAckWaitMs),
    max_deliver: -1,
    max_ack_pending: options.maxPending ?? 1_000,
  });
  return hub.jetstream.consumers.getConsumerFromInfo(info);
}

/** Consumer names admit what keys do. */
export function consumerName(durable: string, cluster: string): string {
  return `${durable}-${encodeKey(cluster)}`;
}

async function consumeUntilStopped(held: Held, first: Consumer): Promise<void> {
  const { hub, options } = held;
  const signsOfLife = setInterval(
    () => {
      for (const message of held.inHand.values()) message.working();
    },
    (options.ackWaitMs ?? defaultAckWaitMs) / signsOfLifePerWait,
  );
  let consumer: Consumer | undefined = first;
  let failures = 0;
  while (!options.signal.aborted && !hub.connection.isClosed()) {
    if (consumer !== undefined) await deliverFrom(held, consumer);
    await pause(backoffMs(failures), options.signal);
    consumer = await ensureConsumer(hub, options).catch(() => undefined);
    failures = consumer === undefined ? failures + 1 : 0;
  }
  await held.lanes.idle();
  clearInterval(signsOfLife);
}

/** Returns when the signal is raised, or when the consumer was deleted under our feet. */
async function deliverFrom(held: Held, consumer: Consumer): Promise<void> {
  const { signal } = held.options;
  const messages = await consumer.consume({
    max_messages: 500,
    expires: 10_000,
    idle_heartbeat: 2_000,
    abort_on_missing_resource: true,
    callback: (message) => {
      accept(held, message);
    },
  });
  const stop = (): void => {
    messages.stop();
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  await messages.closed();
  signal.removeEventListener('abort', stop);
}

function accept(held: Held, message: JsMsg): void {
  const alreadyInHand = held.inHand.has(message.seq);
  held.inHand.set(message.seq, message);
  if (alreadyInHand) return;
  const lane = parseFaultSubject(message.subject)?.node ?? message.subject;
  held.lanes.run(lane, async () => {
    await settle(held, message).catch(() => {
      giveBack(held, message.seq);
    });
    held.inHand.delete(message.seq);
  });
}

async function settle(held: Held, message: JsMsg): Promise<void> {
  const { signal, handle } = held.options;
  if (signal.aborted) return giveBack(held, message.seq);
  const read = readFaultMessage(message.subject, message.data);
  if (!read.ok) return setAside(held, message, { reason: read.reason, detail: read.why });
  const stored = { event: read.event, sequence: message.seq, storedAt: message.time.getTime() };
  let thrown = 0;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const answer = await handle(stored).catch((error: unknown) => ({ detail: String(error) }));
    if (answer === 'done') return held.inHand.get(message.seq)?.ack();
    if (answer !== 'retry') thrown += 1;
    if (answer !== 'retry' && thrown >= maxThrows)
      return setAside(held, message, { reason: 'handler-failed', detail: answer.detail });
    await pause(backoffMs(attempt), signal);
  }
  giveBack(held, message.seq);
}

/** Kept in DEAD first, struck off after: a crash in between keeps it twice, never loses it. */
async function setAside(
  held: Held,
  message: JsMsg,
  { reason, detail }: { reason: DeadReason; detail: string },
): Promise<void> {
  const { signal, cluster, onBad } = held.options;
  const { subject, seq, data } = message;
  const letter: DeadLetter = { cluster, subject, sequence: seq, reason, detail, body: data };
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const kept = await publishDead(held.hub, letter);
    if (kept.kind === 'stored') {
      held.inHand.get(seq)?.term(reason);
      return onBad(letter);
    }
    await pause(backoffMs(attempt), signal);
  }
  giveBack(held, seq);
}

function giveBack(held: Held, sequence: number): void {
  held.inHand.get(sequence)?.nak();
}
