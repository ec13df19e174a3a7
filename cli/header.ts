/** How every screen begins: which cluster, in which mode, paused or not, whether an engine lives, and as of when. */
import type { ClusterIdentity } from '../domain/node.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { NoteRead } from '../schemas/wire/personNote.ts';
import { leaderOf, type Header } from '../views/header.ts';
import type { Failure } from './failure.ts';
import { bullet, labelled } from './text/table.ts';
import type { Paint } from './text/paint.ts';
import { duration, moment } from './text/amounts.ts';

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

function engineText(header: Header): string {
  const { engine, engineVersion, asOf } = header;
  const leader = leaderOf(header);
  if (leader === 'unknown') return 'not known';
  if (!engine) return 'never seen: nothing is repaired until one runs';
  const version = engineVersion === undefined ? '' : ` (${engineVersion})`;
  const seen = `last seen ${duration(asOf - engine.seenAt)} ago`;
  if (leader === 'none') return `none leads, ${seen}`;
  const silent = leader === 'silent' ? ', SILENT' : '';
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
