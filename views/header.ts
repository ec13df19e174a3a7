/** How things stand in a cluster: in which mode, paused or not, whether an engine lives, and as of when. */
import type { ClusterIdentity } from '../domain/node.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import { namespaces } from '../domain/vocabulary/marks.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { readLease, readPause, type Kube } from '../kube/index.ts';
import { engineKey, parseEngineRecord, type EngineRecord } from '../schemas/wire/engineRecord.ts';
import { readNote, type NoteRead } from '../schemas/wire/personNote.ts';
import { readOne, type ClusterHub } from './bucket.ts';
import { isUnread, unread, type UnreadPart } from './unread.ts';

export type Header = {
  readonly cluster?: ClusterIdentity;
  readonly mode?: Mode;
  readonly engineVersion?: string;
  /** Absent: not paused; `pauseUnknown` says that nobody could tell. */
  readonly paused?: NoteRead;
  readonly pauseUnknown?: true;
  readonly engine?: { readonly holder: string; readonly seenAt: EpochMs };
  readonly engineUnknown?: true;
  readonly asOf: EpochMs;
};

/** What is undefined could not be reached; whoever tried to reach it knows why. */
export type Reached = {
  readonly kube: Kube | undefined;
  readonly hub: ClusterHub | undefined;
  readonly cluster: ClusterIdentity | undefined;
};

/** The header, the engine's own word, and what of them could not be read. */
export type HeaderRead = {
  readonly header: Header;
  readonly engine: EngineRecord | undefined;
  readonly unread: readonly UnreadPart[];
};

export async function readHeader(
  { kube, hub, cluster }: Reached,
  asOf: EpochMs,
): Promise<HeaderRead> {
  const [pause, lease, word] = await Promise.all([
    kube ? pauseOf(kube) : notReached,
    kube ? leaseOf(kube) : notReached,
    hub && engineOf(hub),
  ]);
  const engine = isUnread(word) ? undefined : word;
  const header: Header = {
    ...(cluster && { cluster }),
    ...(engine && { mode: engine.mode, engineVersion: engine.codeVersion }),
    ...pausePart(pause),
    ...leasePart(lease),
    asOf,
  };
  return { header, engine, unread: [pause, lease, word].filter(isUnread) };
}

const notReached = 'not-reached' as const;

type AskedPart<T> = T | UnreadPart | typeof notReached;

function pausePart(
  pause: AskedPart<NoteRead | undefined>,
): Pick<Header, 'paused' | 'pauseUnknown'> {
  if (pause === notReached || isUnread(pause)) return { pauseUnknown: true };
  return pause ? { paused: pause } : {};
}

function leasePart(lease: AskedPart<Header['engine']>): Pick<Header, 'engine' | 'engineUnknown'> {
  if (lease === notReached || isUnread(lease)) return { engineUnknown: true };
  return lease ? { engine: lease } : {};
}

async function pauseOf(kube: Kube): Promise<NoteRead | undefined | UnreadPart> {
  const answer = await readPause(kube);
  if (answer.ok) return answer.value === undefined ? undefined : readNote(answer.value);
  return unread({ what: 'pause' }, { because: 'kube-refused', why: answer.refusal.message });
}

const engineLease = { namespace: namespaces.slipway, name: 'slipway-engine' } as const;

async function leaseOf(kube: Kube): Promise<Header['engine'] | UnreadPart> {
  const answer = await readLease(kube, engineLease);
  if (answer.ok)
    return answer.value && { holder: answer.value.holder, seenAt: answer.value.renewedAt };
  return unread({ what: 'engine-lease' }, { because: 'kube-refused', why: answer.refusal.message });
}

async function engineOf(hub: ClusterHub): Promise<EngineRecord | undefined | UnreadPart> {
  const engines = { name: buckets.engine, parse: parseEngineRecord };
  const kept = await readOne(hub, engines, engineKey, { what: 'engine-record' });
  return isUnread(kept) ? kept : kept?.record;
}

/** An engine renews its lease every few seconds; one that was silent for longer is news. */
const silentAfterMs = 30_000;

/** Who leads, as far as the Lease tells. */
export function leaderOf({
  engine,
  engineUnknown,
  asOf,
}: Header): 'unknown' | 'never-seen' | 'none' | 'silent' | 'leads' {
  if (engineUnknown) return 'unknown';
  if (!engine) return 'never-seen';
  if (engine.holder === '') return 'none';
  return asOf - engine.seenAt > silentAfterMs ? 'silent' : 'leads';
}
