/** How every screen begins: which cluster, in which mode, paused or not, whether an engine lives, and as of when. */
import { errorText } from '../std/errorText.ts';
import type { ClusterIdentity } from '../domain/node.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import { namespaces } from '../domain/vocabulary/marks.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { openBucket } from '../event-hub/index.ts';
import { readLease, readPause } from '../kube/index.ts';
import { engineKey, parseEngineRecord, type EngineRecord } from '../schemas/wire/engineRecord.ts';
import { readNote, type NoteRead } from '../schemas/wire/personNote.ts';
import { failure, isFailure, type Failure } from './failure.ts';
import { hubFailure } from './hubFailure.ts';
import { sentence, type Sources } from './sources.ts';
import { bullet, labelled } from './text/table.ts';
import type { Paint } from './text/paint.ts';
import { duration, moment } from './text/amounts.ts';

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

/** The header, the engine's own word, and what of them could not be read. */
export type HeaderRead = {
  readonly header: Header;
  readonly engine: EngineRecord | undefined;
  readonly unread: readonly Failure[];
};

const engineLease = { namespace: namespaces.slipway, name: 'slipway-engine' } as const;

export async function readHeader(sources: Sources, asOf: EpochMs): Promise<HeaderRead> {
  const [pause, lease, engine] = await Promise.all([
    pauseOf(sources),
    leaseOf(sources),
    engineOf(sources),
  ]);
  const header: Header = {
    ...(!isFailure(sources.cluster) && { cluster: sources.cluster }),
    ...(engine && !isFailure(engine) && { mode: engine.mode, engineVersion: engine.codeVersion }),
    ...(isFailure(pause) ? { pauseUnknown: true } : pause && { paused: pause }),
    ...(isFailure(lease) ? { engineUnknown: true } : lease && { engine: lease }),
    asOf,
  };
  const unread = [sources.kube, sources.cluster, pause, lease, engine].filter(isFailure);
  return { header, engine: isFailure(engine) ? undefined : engine, unread: distinct(unread) };
}

async function pauseOf({ kube }: Sources): Promise<NoteRead | undefined | Failure> {
  if (isFailure(kube)) return kube;
  const answer = await readPause(kube);
  if (!answer.ok) return failure('kubeRefused', sentence(answer.refusal.message));
  return answer.value === undefined ? undefined : readNote(answer.value);
}

async function leaseOf({ kube }: Sources): Promise<Header['engine'] | Failure> {
  if (isFailure(kube)) return kube;
  const answer = await readLease(kube, engineLease);
  if (!answer.ok) return failure('kubeRefused', sentence(answer.refusal.message));
  const lease = answer.value;
  return lease && { holder: lease.holder, seenAt: lease.renewedAt };
}

async function engineOf({ hub, cluster }: Sources): Promise<EngineRecord | undefined | Failure> {
  if (isFailure(hub) || isFailure(cluster)) return undefined;
  try {
    const bucket = await openBucket(hub, {
      name: buckets.guard,
      cluster: cluster.id,
      parse: parseEngineRecord,
    });
    const found = await bucket.get(engineKey);
    switch (found.kind) {
      case 'found':
        return found.value;
      case 'absent':
        return undefined;
      case 'corrupt':
        return failure('recordUnreadable', 'What the engine says of itself cannot be read.');
      default:
        return hubFailure('What the engine says of itself could not be read', found);
    }
  } catch (error) {
    return failure(
      'hubRefused',
      sentence(`The bucket guard could not be opened: ${errorText(error)}`),
    );
  }
}

/** One failure has many consequences; it is told once. */
export function distinct(failures: readonly Failure[]): readonly Failure[] {
  return failures.filter(
    ({ what }, index) => failures.findIndex((other) => other.what === what) === index,
  );
}

export function renderHeader(header: Header, width: number, paint: Paint): string[] {
  const { cluster, asOf } = header;
  const place = cluster ? placeOf(cluster) : 'not known';
  const state = `${header.mode ?? 'not known'}, ${pausedText(header)}`;
  return [
    ...labelled('Cluster', place, width),
    ...labelled('Mode', state, width).map((line) => (header.paused ? paint('yellow', line) : line)),
    ...labelled('Engine', engineText(header), width),
    ...labelled('Data', `as of ${moment(asOf)}`, width),
  ];
}

function placeOf({ name, server, id }: ClusterIdentity): string {
  return server === '' ? `${name}: ${id}; its API was not reached` : `${name} at ${server} (${id})`;
}

function pausedText({ paused, pauseUnknown, asOf }: Header): string {
  if (pauseUnknown) return 'not known whether paused';
  return paused ? `PAUSED ${noteText(paused, asOf)}` : 'not paused';
}

/** `by NAME 3m00s ago with the words "REASON"`, as far as it is known. */
export function noteText({ by, reason, at }: NoteRead, now: EpochMs): string {
  const who = by === undefined ? [] : [`by ${by}`];
  const when = at === undefined ? [] : [`${duration(now - at)} ago`];
  return [...who, ...when, `with the words "${reason}"`].join(' ');
}

/** An engine renews its lease every few seconds; one that was silent for longer is news. */
const silentAfterMs = 30_000;

function engineText({ engine, engineUnknown, engineVersion, asOf }: Header): string {
  if (engineUnknown) return 'not known';
  if (!engine) return 'never seen: nothing is repaired until one runs';
  const version = engineVersion === undefined ? '' : ` (${engineVersion})`;
  const seen = `last seen ${duration(asOf - engine.seenAt)} ago`;
  if (engine.holder === '') return `none leads, ${seen}`;
  const silent = asOf - engine.seenAt > silentAfterMs ? ', SILENT' : '';
  return `${shortHolder(engine.holder)} leads${version}, ${seen}${silent}`;
}

/** The machine and the process, without the cluster before them and the random part behind. */
export function shortHolder(holder: string): string {
  return (
    /^slipway\/[^/]+\/(.+?)(?:-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})?$/.exec(holder)?.[1] ??
    holder
  );
}

export function renderUnread(unread: readonly Failure[], width: number, paint: Paint): string[] {
  if (unread.length === 0) return [];
  const lines = unread.flatMap(({ what }) => bullet(what, width));
  return ['', paint('yellow', 'Not read'), ...lines];
}
