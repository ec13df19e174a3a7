/** The probe that reads node conditions through the API server and reports what changed in them (DESIGN 6). */
import { setTimeout as wait } from 'node:timers/promises';
import { decide, memoryOf } from '../../domain/conditions/decide.ts';
import type { NodeMemory, ReportDraft } from '../../domain/conditions/types.ts';
import type { FaultEvent } from '../../domain/fault.ts';
import type { NodeFacts } from '../../domain/node.ts';
import type { EpochMs } from '../../domain/vocabulary.ts';
import type { NodeCache } from '../../kube/index.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';

export type NodeConditionsOptions = {
  /** The cluster's id. */
  readonly cluster: string;
  readonly nodes: Pick<NodeCache, 'onChange' | 'synced'>;
  /** The newest stored report of each check of each node of this cluster; rejects while the hub cannot say. */
  readonly lastReports: () => Promise<readonly FaultEvent[]>;
  readonly eventId: (event: Omit<FaultEvent, 'id'>) => string;
  /** Resolves once the hub has stored the report; rejects when it may not have. */
  readonly publish: (event: FaultEvent) => Promise<void>;
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
  readonly onProblem?: (problem: string) => void;
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number };
};

export type NodeConditionsProbe = {
  /** Settles once it knows what was reported before and follows the nodes, or the signal came. */
  readonly started: Promise<void>;
  /** Reports not acknowledged yet. */
  readonly pending: () => number;
  /** Settles once nothing is being sent. */
  readonly settled: () => Promise<void>;
};

const observer = 'node-conditions';
const defaultBackoff = { firstMs: 200, longestMs: 10_000 };

type Memories = Map<string, NodeMemory>;

const memoriesOf = (reports: readonly FaultEvent[]): Memories => {
  const memories: Memories = new Map();
  // What others reported is none of this probe's business.
  const own = reports.filter((report) => report.observer === observer);
  for (const [node, events] of Map.groupBy(own, (report) => report.node)) {
    // A name that was given to a new node keeps the reports of the old one in the stream.
    const newest = events.toSorted((one, other) => other.observedAt - one.observedAt)[0];
    const ofThisNode = events.filter(({ nodeUid }) => nodeUid === newest?.nodeUid);
    if (newest) memories.set(node, memoryOf(newest.nodeUid, ofThisNode));
  }
  return memories;
};

/** Without it every start would report the whole cluster again, or worse, take a fault for told that never was. */
const readLastReports = async (options: NodeConditionsOptions): Promise<Memories | undefined> => {
  const { firstMs, longestMs } = options.backoff ?? defaultBackoff;
  for (let delayMs = firstMs; !options.signal.aborted; delayMs = Math.min(delayMs * 2, longestMs)) {
    try {
      return memoriesOf(await options.lastReports());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      options.onProblem?.(`What was reported before could not be read: ${message}`);
    }
    await wait(delayMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
  return undefined;
};

const eventOf = (options: NodeConditionsOptions, draft: ReportDraft): FaultEvent => {
  const event = { ...draft, cluster: options.cluster, observer, observedAt: options.clock() };
  return { ...event, id: options.eventId(event) };
};

const look = (
  options: NodeConditionsOptions,
  memories: Memories,
  facts: NodeFacts,
): readonly FaultEvent[] => {
  const sighting = decide(memories.get(facts.name), facts);
  memories.set(facts.name, sighting.memory);
  return sighting.reports.map((draft) => eventOf(options, draft));
};

const follow = (options: NodeConditionsOptions, memories: Memories, outbox: Outbox): void => {
  const stop = options.nodes.onChange((change) => {
    if (change.kind === 'deleted') {
      memories.delete(change.before.name);
      return;
    }
    for (const event of look(options, memories, change.after)) outbox.put(event);
  });
  options.signal.addEventListener('abort', stop, { once: true });
};

const start = async (options: NodeConditionsOptions, outbox: Outbox): Promise<void> => {
  const memories = await readLastReports(options);
  await options.nodes.synced;
  if (memories && !options.signal.aborted) follow(options, memories, outbox);
};

/** Starts the probe; it ends with the signal. Reports that are not acknowledged by then are made again at the next start. */
export const startNodeConditions = (options: NodeConditionsOptions): NodeConditionsProbe => {
  const { firstMs, longestMs } = options.backoff ?? defaultBackoff;
  const outbox = createOutbox({
    publish: options.publish,
    signal: options.signal,
    onProblem: (problem) => options.onProblem?.(problem),
    firstBackoffMs: firstMs,
    longestBackoffMs: longestMs,
  });
  return {
    started: start(options, outbox),
    pending: outbox.size,
    settled: outbox.settled,
  };
};
