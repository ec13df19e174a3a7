/** Taking messages from a stream by a durable consumer: each is settled in its lane, then acknowledged, never before (ADR 18). */
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import type { Consumer, ConsumerInfo, JsMsg } from '@nats-io/jetstream';
import { pause } from '../std/pause.ts';
import { asFailure, hubBackoffMs, type Hub, type HubFailure } from './connection.ts';
import { makeLanes, type Lanes } from '../std/lanes.ts';
import { encodeKey } from './subjects.ts';

export const defaultAckWaitMs = 10_000;
/** Signs of life within one wait for an acknowledgement, so that one of them may get lost. */
const signsOfLifePerWait = 3;

/** What becomes of a message in our hands; only the newest delivery of it counts. */
export type Hold = {
  readonly done: () => void;
  /** Some other consumer, or this one later, gets it again. */
  readonly giveBack: () => void;
  /** It is never delivered again. */
  readonly strikeOff: (reason: string) => void;
};

export type Delivery = {
  readonly stream: string;
  /**
   * Makes sure that the consumer exists. `from`: everything before this place was settled by this process, so that a
   * consumer that was deleted under it need not begin anew.
   */
  readonly ensure: (from: number | undefined) => Promise<ConsumerInfo>;
  /** Messages of one lane are settled in their order. */
  readonly laneOf: (subject: string) => string;
  /** A message whose settling throws is given back. */
  readonly settle: (message: JsMsg, hold: Hold) => Promise<void>;
  readonly ackWaitMs: number;
  readonly signal: AbortSignal;
};

export type Consumption = {
  /** Settles after the signal, when no handler is at work any more. Never rejects. */
  readonly stopped: Promise<void>;
};

type DeliveryState = { readonly hub: Hub; readonly delivery: Delivery } & {
  /** By stream sequence: the newest delivery of each message in our hands. */
  readonly inHand: Map<number, JsMsg>;
  readonly lanes: Lanes;
  /** The place of the newest message that was delivered. */
  newest: number | undefined;
};

/** Starts taking messages; from then on only the signal or `hub.close` ends it, whatever becomes of the connection. */
export async function deliver(
  hub: Hub,
  delivery: Delivery,
): Promise<({ readonly kind: 'consuming' } & Consumption) | HubFailure> {
  try {
    const held: DeliveryState = {
      hub,
      delivery,
      inHand: new Map(),
      lanes: makeLanes(),
      newest: undefined,
    };
    const consumer = await consumerOf(held);
    return { kind: 'consuming', stopped: deliverUntilStopped(held, consumer) };
  } catch (error) {
    return asFailure(error, delivery.stream);
  }
}

async function deliverUntilStopped(held: DeliveryState, first: Consumer): Promise<void> {
  const { hub, delivery } = held;
  const signsOfLife = setInterval(() => {
    for (const message of held.inHand.values()) message.working();
  }, delivery.ackWaitMs / signsOfLifePerWait);
  let consumer: Consumer | undefined = first;
  let failures = 0;
  while (!delivery.signal.aborted && !hub.connection.isClosed()) {
    if (consumer !== undefined) await deliverFrom(held, consumer).catch(() => undefined);
    await pause(hubBackoffMs(failures), delivery.signal);
    consumer = await consumerOf(held).catch(() => undefined);
    failures = consumer === undefined ? failures + 1 : 0;
  }
  await held.lanes.idle();
  clearInterval(signsOfLife);
}

/** Returns when the signal is raised, or when the consumer was deleted. */
async function deliverFrom(held: DeliveryState, consumer: Consumer): Promise<void> {
  const { signal } = held.delivery;
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

function accept(held: DeliveryState, message: JsMsg): void {
  const alreadyInHand = held.inHand.has(message.seq);
  held.inHand.set(message.seq, message);
  held.newest = Math.max(held.newest ?? 0, message.seq);
  if (alreadyInHand) return;
  const { laneOf, settle, signal } = held.delivery;
  const hold = holdOf(held, message.seq);
  held.lanes.run(laneOf(message.subject), async () => {
    if (signal.aborted) hold.giveBack();
    else await settle(message, hold).catch(hold.giveBack);
    held.inHand.delete(message.seq);
  });
}

function holdOf({ inHand }: DeliveryState, sequence: number): Hold {
  return {
    done: () => inHand.get(sequence)?.ack(),
    giveBack: () => inHand.get(sequence)?.nak(),
    strikeOff: (reason) => inHand.get(sequence)?.term(reason),
  };
}

async function consumerOf({ hub, delivery, inHand, newest }: DeliveryState): Promise<Consumer> {
  const next = newest === undefined ? undefined : newest + 1;
  const from = inHand.size > 0 ? Math.min(...inHand.keys()) : next;
  return hub.jetstream.consumers.getConsumerFromInfo(await delivery.ensure(from));
}

/** Undefined for a consumer that is not there. */
export async function unlessAbsent(
  asking: Promise<ConsumerInfo>,
): Promise<ConsumerInfo | undefined> {
  try {
    return await asking;
  } catch (error) {
    const absent =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
    if (absent) return undefined;
    throw error;
  }
}

/** Consumer names admit what keys do. */
export function consumerName(durable: string, cluster: string): string {
  return `${durable}-${encodeKey(cluster)}`;
}
