/** The dispatcher of one cluster: the only automatic voice to its repairs. */
import { pause } from '../std/pause.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { NodeFacts } from '../domain/node.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../domain/vocabulary/reasons.ts';
import { consumeFaults } from '../event-hub/index.ts';
import type { Bucket, DeadLetter, Hub } from '../event-hub/index.ts';
import { getNode, nodeForDecision } from '../kube/index.ts';
import type { Kube, NodeCache } from '../kube/index.ts';
import type { EngineLimits } from '../schemas/config/engineConfig.ts';
import type { GuardRecord } from '../schemas/wire/guardRecord.ts';
import type { Temporal } from '../temporal/index.ts';
import { createAlarms } from './alarms.ts';
import { createFaults } from './faults.ts';
import type { FaultsOptions } from './faults.ts';
import { handOver } from './handOver.ts';
import type { Unowned } from './handOver.ts';
import { followNode } from './nodes.ts';
import { createPermits } from './permits.ts';
import { reconcile } from './reconcile.ts';
import type { PermitBook, ReconcileOptions } from './reconcile.ts';
import type { Records } from './records.ts';
import { answerRequeued } from './requeue.ts';
import { createStarts } from './starts.ts';
import { createSweep } from './sweep.ts';
import { createVoice } from './voice.ts';
import type { VoiceOptions } from './voice.ts';

export { openRecords } from './records.ts';
export type { Records } from './records.ts';

export type DispatchOptions = {
  readonly hub: Hub;
  readonly cluster: string;
  readonly temporal: Temporal;
  readonly records: Records;
  readonly guardBucket: Bucket<GuardRecord>;
  readonly observer: Kube;
  readonly actor: Kube;
  readonly nodes: NodeCache;
  readonly policies: readonly RepairPolicy[];
  readonly mode: Mode;
  readonly codeVersion: string;
  readonly limits: Pick<EngineLimits, 'sweepSeconds' | 'failingTaskSeconds'>;
  readonly clock: () => EpochMs;
  readonly onIgnored: (record: EpisodeRecord, reason: ReasonCode, changed: boolean) => void;
  /** What the guard holds, and how to give it back. */
  readonly book: Pick<PermitBook, 'permits' | 'release'>;
  readonly begin: VoiceOptions['begin'];
  readonly onMended: ReconcileOptions['onMended'];
  /** A defect of the reconciler; the next minute tries again. */
  readonly onFailed: (error: unknown) => void;
  readonly onUnowned: (repairId: string, reason: Unowned) => void;
  readonly onBad: (letter: DeadLetter) => void;
  /** What an operator should know of; a sentence. */
  readonly onTrouble: (trouble: string) => void;
  readonly signal: AbortSignal;
};

const reconcileEveryMs = 60_000;

const consumeAgainMs = 1_000;

/** Runs until the signal; resolves when nothing is being handled any more. However it ends, nothing stays behind. */
export async function runDispatch(options: DispatchOptions): Promise<void> {
  const ends: (() => void)[] = [];
  const term = new AbortController();
  const signal = AbortSignal.any([options.signal, term.signal]);
  try {
    await dispatch({ ...options, signal }, (end) => ends.push(end));
  } finally {
    term.abort();
    for (const end of ends) end();
  }
}

async function dispatch(options: DispatchOptions, atEnd: (end: () => void) => void): Promise<void> {
  const { records, nodes, signal, clock } = options;
  const voice = createVoice({ ...options, starts: createStarts() });
  const permits = createPermits({
    bucket: options.guardBucket,
    records,
    voice,
    onTrouble: options.onTrouble,
  });
  const ring = async (node: string): Promise<'done' | 'retry'> => {
    const record = records.get(node);
    const answered =
      record && (await answerRequeued({ ...options, handle: faults.handle }, record));
    return answered === 'retry' ? 'retry' : faults.reconsider(node);
  };
  const alarms = createAlarms({ clock, signal, ring });
  const faults = createFaults({
    ...options,
    voice,
    node: (name) => nodeForDecision(options.observer, nodes, name),
    presentUid: (name) => presentUid(options.observer, name),
    lookAgain: alarms.set,
    handOver: (record, episode, reason) => {
      options.onUnowned(episode.repairId, reason);
      return handOver(options, { ...record, repairId: episode.repairId }, reason);
    },
  });
  const soon = (node: string): void => alarms.set(node, clock());
  const ended = (record: EpisodeRecord): void => {
    const isAsked = record.requeued !== undefined && record.requeued.length > 0;
    if (isAsked || record.episode?.outcome !== undefined) soon(record.node);
  };
  atEnd(records.onChange(ended));
  await permits.follow(signal);
  permits.wake();
  for (const record of records.all()) soon(record.node);
  const onNode = (change: NodeChange): void => {
    void followNode({ records, voice, reconsider: soon }, change);
    if (becameFree(change)) permits.wake();
  };
  atEnd(nodes.onChange(onNode));
  const sweep = createSweep({ ...options, look: soon });
  const sweeping = sweepUntil(options, async () => {
    permits.wake();
    await sweep();
  });
  const book = { ...options.book, waiters: permits.waiters };
  const reconciling = reconcileUntil({ ...options, voice, book }, signal);
  await consumeUntil(options, faults.handle);
  await Promise.all([reconciling, sweeping]);
}

/** Each sweep also looks at waiters for room that nobody announced. */
async function sweepUntil(
  { limits, signal }: DispatchOptions,
  sweep: () => Promise<void>,
): Promise<void> {
  for (;;) {
    await pause(limits.sweepSeconds * 1_000, signal);
    if (signal.aborted) return;
    await sweep();
  }
}

/** One comparison at a time: a slow one delays the next. */
async function reconcileUntil(
  options: ReconcileOptions & Pick<DispatchOptions, 'onFailed'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await reconcile(options).catch(options.onFailed);
    await pause(reconcileEveryMs, signal);
  }
}

/** Without its stream there is nothing to consume until whoever looks after the hub has made it again. */
async function consumeUntil(
  { hub, cluster, onBad, onTrouble, signal }: DispatchOptions,
  handle: Parameters<typeof consumeFaults>[1]['handle'],
): Promise<void> {
  let trouble: string | undefined;
  while (!signal.aborted) {
    const consuming = await consumeFaults(hub, {
      durable: 'dispatch',
      cluster,
      handle,
      onBad,
      signal,
    });
    if (consuming.kind === 'consuming') return consuming.stopped;
    if (consuming.why !== trouble) onTrouble(`faults cannot be consumed: ${consuming.why}`);
    trouble = consuming.why;
    await pause(consumeAgainMs, signal);
  }
}

async function presentUid(kube: Kube, name: string): ReturnType<FaultsOptions['presentUid']> {
  const read = await getNode(kube, name);
  if (read.ok) return { ok: true, uid: read.value.uid };
  return read.refusal.kind === 'not-found' ? { ok: true, uid: undefined } : { ok: false };
}

type NodeChange = Parameters<Parameters<NodeCache['onChange']>[0]>[0];

/** A node that serves again makes room, whoever brought it back. */
function becameFree(change: NodeChange): boolean {
  if (change.kind === 'added') return false;
  if (change.kind === 'deleted') return true;
  return isOut(change.before) && !isOut(change.after);
}

function isOut(node: NodeFacts): boolean {
  return node.unschedulable || node.ready !== 'True';
}
