/** The probe that reads node conditions through the API server and reports what changed in them (ADR 15). */
import { createBackoff } from '../../std/backoff.ts';
import type { Pace } from '../../std/backoff.ts';
import { errorText } from '../../std/errorText.ts';
import { decide } from '../../domain/conditions/decide.ts';
import type { NodeMemories } from '../../domain/conditions/memory.ts';
import type { ConditionRule, NodeMemory, ReportDraft } from '../../domain/conditions/types.ts';
import type { FaultEvent } from '../../domain/fault.ts';
import type { NodeFacts } from '../../domain/node.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { NodeCache } from '../../kube/index.ts';
import { createOutbox } from './outbox.ts';
import type { Outbox } from './outbox.ts';

export type NodeConditionsOptions = {
  /** The cluster's id. */
  readonly cluster: string;
  readonly nodes: Pick<NodeCache, 'onChange' | 'synced'>;
  /** What was reported and seen of each node of this cluster before; rejects while the hub cannot say. */
  readonly memories: () => Promise<NodeMemories>;
  /** How each condition is read. */
  readonly rules: readonly ConditionRule[];
  readonly eventId: (event: Omit<FaultEvent, 'id'>) => string;
  /** Resolves once the hub has stored the report; rejects when it may not have. */
  readonly publish: (event: FaultEvent) => Promise<void>;
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
  readonly onProblem?: (problem: string) => void;
  readonly pace?: Pace;
};

export type NodeConditionsProbe = {
  /** Settles once it knows what was reported before and follows the nodes, or the signal came. */
  readonly started: Promise<void>;
  /** Reports not acknowledged yet. */
  readonly pending: () => number;
  /** Settles once nothing is being sent. */
  readonly settled: () => Promise<void>;
};

/** The name under which this probe reports. */
export const observer = 'node-conditions';
const defaultPace: Pace = { firstMs: 200, longestMs: 10_000 };

/** By node UID. */
type Memories = Map<string, NodeMemory>;

/** Starts the probe; it ends with the signal. Reports that are not acknowledged by then are made again at the next start. */
export function startNodeConditions(options: NodeConditionsOptions): NodeConditionsProbe {
  const outbox = createOutbox({
    publish: options.publish,
    signal: options.signal,
    onProblem: (problem) => options.onProblem?.(problem),
    pace: options.pace ?? defaultPace,
  });
  return {
    started: start(options, outbox),
    pending: outbox.size,
    settled: outbox.settled,
  };
}

async function start(options: NodeConditionsOptions, outbox: Outbox): Promise<void> {
  const memories = await readMemories(options);
  await options.nodes.synced;
  if (memories && !options.signal.aborted) follow(options, memories, outbox);
}

/** Without it every start would report the whole cluster again, or worse, take a fault for told that never was. */
async function readMemories(options: NodeConditionsOptions): Promise<Memories | undefined> {
  const backoff = createBackoff(options.pace ?? defaultPace, options.signal);
  while (!options.signal.aborted) {
    try {
      return new Map(await options.memories());
    } catch (error) {
      const message = errorText(error);
      options.onProblem?.(`What was reported before could not be read: ${message}`);
    }
    await backoff.failed();
  }
  return undefined;
}

function follow(options: NodeConditionsOptions, memories: Memories, outbox: Outbox): void {
  const stop = options.nodes.onChange((change) => {
    if (change.kind === 'deleted') {
      memories.delete(change.before.uid);
      return;
    }
    if (change.kind === 'changed' && change.before.uid !== change.after.uid)
      memories.delete(change.before.uid);
    for (const event of look(options, memories, change.after)) outbox.put(event);
  });
  options.signal.addEventListener('abort', stop, { once: true });
}

function look(
  options: NodeConditionsOptions,
  memories: Memories,
  facts: NodeFacts,
): readonly FaultEvent[] {
  const sighting = decide(memories.get(facts.uid), facts, options.rules);
  memories.set(facts.uid, sighting.memory);
  return sighting.reports.map((draft) => eventOf(options, draft));
}

function eventOf(options: NodeConditionsOptions, draft: ReportDraft): FaultEvent {
  const event = { ...draft, cluster: options.cluster, observer, observedAt: options.clock() };
  return { ...event, id: options.eventId(event) };
}
