/** The projection of JOURNAL to Kubernetes Events: nothing waits for it, and it gives up on an Event in the end. */
import { pause } from '../std/pause.ts';
import { phaseNotice, type PhaseNotice } from '../domain/notices/nodeEvent.ts';
import { retryDelayMs } from '../domain/notices/retry.ts';
import { createNodeEvent } from '../kube/index.ts';
import type { Kube, Refusal } from '../kube/index.ts';
import { asRepairEntry, type JournalLine } from '../schemas/wire/journalLine.ts';
import { createOpenings, type Openings } from './openings.ts';
import { createTurns, type Turns } from './turns.ts';
import { keepFollowing } from './follow.ts';
import type { NoticeBucket } from './outbox.ts';
import type { Surroundings } from './sink.ts';

export type KubeEventsOptions = Surroundings & {
  readonly actor: Kube;
  readonly bucket: NoticeBucket;
};

const hourMs = 60 * 60 * 1_000;
/** How long an Event is tried and how far back a new consumer begins: an API server keeps Events for an hour. */
const worthwhileMs = hourMs;
/** How often a refused Event is tried: an API server that has just started refuses until it knows its roles. */
const triesOfRefused = 4;
const longestPauseMs = 30_000;
const atOnce = 8;

type Projection = KubeEventsOptions & { readonly openings: Openings; readonly turns: Turns };

/** Runs until the signal; never rejects. */
export async function projectKubeEvents(options: KubeEventsOptions): Promise<void> {
  const projection = { ...options, openings: createOpenings(options), turns: createTurns(atOnce) };
  await keepFollowing(options, {
    sink: 'events',
    bucket: options.bucket,
    lookBackMs: worthwhileMs,
    handle: ({ line }) => tell(projection, line),
  });
}

async function tell(projection: Projection, line: JournalLine): Promise<'done' | 'retry'> {
  const entry = asRepairEntry(line);
  if (!entry || entry.from === entry.to) return 'done';
  const beginning = await projection.openings(entry);
  if (beginning === 'unread') return 'retry';
  if (beginning === 'absent') {
    const { repairId, sequence } = entry;
    projection.log.warn('no Event is made for a repair whose beginning is not in the journal', {
      repairId,
      sequence,
    });
    return 'done';
  }
  const notice = phaseNotice(entry, beginning);
  return notice ? create(projection, notice) : 'done';
}

/** `retry`: the signal was raised before there was an answer that counts. */
async function create(projection: Projection, notice: PhaseNotice): Promise<'done' | 'retry'> {
  const { turns, actor, counting, clock, signal } = projection;
  const since = clock();
  for (let tries = 1; !signal.aborted; tries += 1) {
    const answer = await turns(() => createNodeEvent(actor, eventOf(notice)));
    if (answer.ok) {
      counting.delivered('events');
      return 'done';
    }
    counting.failed('events');
    if (isHopeless(answer.refusal, tries) || clock() - since > worthwhileMs) {
      giveUp(projection, notice, answer.refusal);
      return 'done';
    }
    const { retryAfterMs } = answer.refusal;
    const pauseMs = retryDelayMs({ tries, retryAfterMs, random: Math.random() });
    await pause(Math.min(pauseMs, longestPauseMs), signal);
  }
  return 'retry';
}

function isHopeless({ kind }: Refusal, tries: number): boolean {
  if (kind === 'invalid') return true;
  return (kind === 'forbidden' || kind === 'not-found') && tries >= triesOfRefused;
}

function giveUp(
  { log }: Projection,
  { node, name }: PhaseNotice,
  { kind, message }: Refusal,
): void {
  log.warn('an Event could not be created', { node, event: name, refusal: kind, message });
}

function eventOf({ name, node, nodeUid, reason, message, warning, at }: PhaseNotice) {
  const type = warning ? ('Warning' as const) : ('Normal' as const);
  return { name, node: { name: node, uid: nodeUid }, reason, message, type, at };
}
