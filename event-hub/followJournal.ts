/** Following JOURNAL from a durable place: each line is handled until it is done, whatever becomes of its neighbours. */
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import type { ConsumerInfo, JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { streams } from '../domain/vocabulary/hub.ts';
import { parseJournalLine } from '../schemas/wire/journalLine.ts';
import { pause } from '../std/pause.ts';
import { hubBackoffMs, type Hub, type HubFailure } from './connection.ts';
import {
  consumerName,
  defaultAckWaitMs,
  deliver,
  unlessAbsent,
  type Consumption,
  type Hold,
} from './deliver.ts';
import type { StoredJournalLine } from './read.ts';
import { journalFilters } from './subjects.ts';

/** How many throws of its handler, which then has a defect, before a line counts as unreadable. */
const maxThrows = 5;
/** The most lines in hand at once; it also bounds what is asked of a neighbour that is down. */
const maxPending = 200;

export type UnreadableLine = {
  readonly subject: string;
  readonly streamSequence: number;
  readonly why: string;
};

export type FollowOptions = {
  /** The consumer's name on the hub; processes of one name and cluster share the work. */
  readonly durable: string;
  readonly cluster: string;
  /** A consumer that does not exist yet begins this long before the newest line, by the hub's own clock. */
  readonly lookBackMs: number;
  /** `retry`: something it needs is down; it is asked again, with back-off, until `done`. */
  readonly handle: (stored: StoredJournalLine) => Promise<'done' | 'retry'>;
  /** Called until it answers `done`; the line is never delivered again after that. */
  readonly onUnreadable: (line: UnreadableLine) => Promise<'done' | 'retry'>;
  readonly signal: AbortSignal;
};

/** Lines of one node keep their order. Only the signal or `hub.close` ends it. */
export async function followJournal(
  hub: Hub,
  options: FollowOptions,
): Promise<({ readonly kind: 'consuming' } & Consumption) | HubFailure> {
  return deliver(hub, {
    stream: streams.journal,
    ensure: () => ensureConsumer(hub, options),
    laneOf: (subject) => subject,
    settle: (message, hold) => settle(options, message, hold),
    ackWaitMs: defaultAckWaitMs,
    signal: options.signal,
  });
}

/** Where a consumer began cannot be changed, so one that exists is taken as it is. */
async function ensureConsumer(hub: Hub, options: FollowOptions): Promise<ConsumerInfo> {
  const name = consumerName(options.durable, options.cluster);
  const { consumers } = hub.manager;
  return (
    (await unlessAbsent(consumers.info(streams.journal, name))) ?? addConsumer(hub, name, options)
  );
}

async function addConsumer(
  { manager }: Hub,
  name: string,
  { cluster, lookBackMs }: FollowOptions,
): Promise<ConsumerInfo> {
  const { state } = await manager.streams.info(streams.journal);
  const isEmpty = state.last_seq === 0;
  const start = new Date(Date.parse(state.last_ts) - lookBackMs).toISOString();
  return manager.consumers.add(streams.journal, {
    durable_name: name,
    filter_subjects: journalFilters(cluster),
    ...(isEmpty
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: start }),
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(defaultAckWaitMs),
    max_deliver: -1,
    max_ack_pending: maxPending,
  });
}

async function settle(options: FollowOptions, message: JsMsg, hold: Hold): Promise<void> {
  const { subject, seq: streamSequence, time } = message;
  const line = parseJournalLine(new TextDecoder().decode(message.data));
  const why = line.ok
    ? await handleLine(options, hold, {
        line: line.value,
        streamSequence,
        storedAt: time.getTime(),
      })
    : line.why;
  if (why === undefined) return;
  const { onUnreadable, signal } = options;
  const told = await untilDone(() => onUnreadable({ subject, streamSequence, why }), signal);
  if (told) hold.strikeOff('unreadable');
  else hold.giveBack();
}

/** Undefined once the line is settled, else why it never will be. */
async function handleLine(
  { handle, signal }: FollowOptions,
  hold: Hold,
  stored: StoredJournalLine,
): Promise<string | undefined> {
  let thrown = 0;
  let last = '';
  const isDone = await untilDone(async () => {
    try {
      return await handle(stored);
    } catch (error) {
      last = String(error);
      thrown += 1;
      return thrown < maxThrows ? 'retry' : 'done';
    }
  }, signal);
  if (isDone && thrown >= maxThrows) return last;
  if (isDone) hold.done();
  else hold.giveBack();
  return undefined;
}

/** False: the signal came first. */
async function untilDone(
  ask: () => Promise<'done' | 'retry'>,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    if ((await ask()) === 'done') return true;
    await pause(hubBackoffMs(attempt), signal);
  }
  return false;
}
