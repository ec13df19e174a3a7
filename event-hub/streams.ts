/** The streams and buckets of the hub, as data, and the one function that brings them about (ADR 18). */
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { StreamConfig } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { nanos } from '@nats-io/transport-node';
import { buckets, streams } from '../domain/vocabulary/hub.ts';
import { asFailure, type Hub, type HubFailure } from './connection.ts';

const dayMs = 24 * 60 * 60 * 1000;
const duplicateWindowMs = 2 * 60 * 1000;

type StreamWish = { readonly name: string; readonly subjects: string[]; readonly keepMs: number };

const wanted: readonly StreamWish[] = [
  { name: streams.faults, subjects: ['fault.>'], keepMs: 7 * dayMs },
  { name: streams.journal, subjects: ['journal.>'], keepMs: 180 * dayMs },
  { name: streams.dead, subjects: ['dead.>'], keepMs: 30 * dayMs },
];

/** How long a bucket keeps a record; the buckets that are not named keep theirs for ever. */
const bucketKeepMs: Readonly<Partial<Record<string, number>>> = { [buckets.notices]: 30 * dayMs };

export type EnsureOptions = {
  /** Copies of each message; left as it is on streams that exist, unless given. */
  readonly replicas?: number;
  /** The streams existed before: one that is missing was lost, and its sequences must not be used again. */
  readonly former?: true;
};

/** `made`: what was not there. */
export type Ensured = { readonly kind: 'ready'; readonly made: readonly string[] };

/**
 * Makes what is missing and mends what the server lets us mend. Safe to run at every start and from several
 * processes. What an administrator made stricter (kept longer, more copies) stays.
 */
export async function ensureStreams(
  hub: Hub,
  options: EnsureOptions = {},
): Promise<Ensured | HubFailure> {
  const made: string[] = [];
  try {
    const refusals: string[] = [];
    for (const stream of wanted)
      refusals.push(...some(await ensureStream(hub, stream, options, made)));
    for (const name of Object.values(buckets))
      refusals.push(...some(await ensureBucket(hub, name, options, made)));
    if (refusals.length > 0) return { kind: 'refused', why: refusals.join(' ') };
    return { kind: 'ready', made };
  } catch (error) {
    const failure = asFailure(error);
    return { ...failure, why: `cannot prepare the streams at ${hub.url}: ${failure.why}` };
  }
}

function some(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

async function ensureStream(
  hub: Hub,
  stream: StreamWish,
  options: EnsureOptions,
  made: string[],
): Promise<string | undefined> {
  const found = await streamConfig(hub, stream.name);
  if (found === undefined) {
    const place = await firstPlace(hub, stream, options);
    const config = { ...fullConfig(stream), ...place, num_replicas: options.replicas ?? 1 };
    return make(hub, stream.name, hub.manager.streams.add(config), made);
  }
  const refusal = unfit(found);
  if (refusal !== undefined) return refusal;
  const change = mending(found, stream, options);
  if (Object.keys(change).length > 0) await hub.manager.streams.update(stream.name, change);
  return undefined;
}

/**
 * Records and running repairs hold places in FAULTS, and evidence counts behind them alone. So a FAULTS that is made
 * again counts from the time, in milliseconds, which is further than it ever came before.
 */
async function firstPlace(
  hub: Hub,
  { name }: StreamWish,
  { former }: EnsureOptions,
): Promise<{ readonly first_seq?: number }> {
  if (name !== streams.faults) return {};
  const isAgain = former ?? (await holdsRecords(hub));
  return isAgain ? { first_seq: Date.now() } : {};
}

async function holdsRecords(hub: Hub): Promise<boolean> {
  try {
    return (await hub.manager.streams.info(`KV_${buckets.episodes}`)).state.last_seq > 0;
  } catch (error) {
    if (asFailure(error, buckets.episodes).kind === 'missing') return false;
    throw error;
  }
}

/** The fields of an existing stream that fall short of ours. */
function mending(
  found: StreamConfig,
  stream: StreamWish,
  { replicas }: EnsureOptions,
): Partial<StreamConfig> {
  const full = fullConfig(stream);
  const keptForShorter = found.max_age !== 0 && found.max_age < nanos(stream.keepMs);
  return {
    ...(found.subjects.join(' ') !== stream.subjects.join(' ') && { subjects: stream.subjects }),
    ...(keptForShorter && { max_age: nanos(stream.keepMs) }),
    ...(found.duplicate_window < nanos(duplicateWindowMs) && {
      duplicate_window: nanos(duplicateWindowMs),
    }),
    ...missingSwitches(found, full),
    ...(replicas !== undefined && found.num_replicas !== replicas && { num_replicas: replicas }),
  };
}

function fullConfig(stream: StreamWish): Pick<StreamConfig, 'name'> & Partial<StreamConfig> {
  return {
    name: stream.name,
    subjects: stream.subjects,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(stream.keepMs),
    duplicate_window: nanos(duplicateWindowMs),
    deny_delete: true,
    deny_purge: true,
    allow_direct: true,
  };
}

function missingSwitches(found: StreamConfig, full: Partial<StreamConfig>): Partial<StreamConfig> {
  const switches = ['deny_delete', 'deny_purge', 'allow_direct'] as const;
  return Object.fromEntries(
    switches.filter((name) => found[name] !== full[name]).map((name) => [name, full[name]]),
  );
}

async function ensureBucket(
  hub: Hub,
  name: string,
  options: EnsureOptions,
  made: string[],
): Promise<string | undefined> {
  const found = await streamConfig(hub, `KV_${name}`);
  if (found === undefined) {
    const keepMs = bucketKeepMs[name];
    const settings = {
      history: 1,
      storage: StorageType.File,
      replicas: options.replicas ?? 1,
      ...(keepMs !== undefined && { ttl: keepMs }),
    };
    const making = new Kvm(hub.jetstream).create(name, settings);
    const refused = await make(hub, `KV_${name}`, making, made);
    if (refused !== undefined) return refused;
  }
  const refusal = found && unfit(found);
  if (refusal === undefined && found?.allow_msg_ttl !== true) await letExpire(hub, name);
  return refusal;
}

/** Several prepare the hub at once, and the time in their configurations differs. */
async function make(
  hub: Hub,
  name: string,
  making: Promise<unknown>,
  made: string[],
): Promise<string | undefined> {
  try {
    await making;
    made.push(name);
    return undefined;
  } catch (error) {
    if ((await streamConfig(hub, name)) !== undefined) return undefined;
    const { kind, why } = asFailure(error);
    if (kind !== 'refused') throw error;
    return `Stream ${name} is missing at ${hub.url}, and it may not be made by this user: ${why}.`;
  }
}

async function streamConfig(hub: Hub, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await hub.manager.streams.info(name)).config;
  } catch (error) {
    const missing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    if (missing) return undefined;
    throw error;
  }
}

/** What no update can change: a person has to decide what becomes of the messages in it. */
function unfit(found: StreamConfig): string | undefined {
  const wrong = [
    found.storage === StorageType.File ? [] : ['is kept in memory, not in files'],
    found.retention === RetentionPolicy.Limits
      ? []
      : [`has retention "${found.retention}", not "limits"`],
  ].flat();
  if (wrong.length === 0) return undefined;
  return (
    `stream ${found.name} exists and ${wrong.join(' and ')}: it would lose what Slipway must keep. ` +
    `Back it up and delete it (\`nats stream backup\`, \`nats stream rm ${found.name}\`), then start again.`
  );
}

/** The mark of a removed key then goes by itself after a while; where that is not allowed, it stays. */
async function letExpire(hub: Hub, name: string): Promise<void> {
  await hub.manager.streams.update(`KV_${name}`, { allow_msg_ttl: true }).catch(() => undefined);
}
