/** Reports on their way to the hub: in order for each node, sent until acknowledged, only the newest of each check. */
import { createBackoff } from '../../std/backoff.ts';
import type { Pace } from '../../std/backoff.ts';
import { errorText } from '../../std/errorText.ts';
import type { FaultEvent } from '../../domain/fault.ts';

export type OutboxPorts = {
  /** Resolves once the hub has stored the report; rejects when it may not have. */
  readonly publish: (event: FaultEvent) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProblem: (problem: string) => void;
  readonly pace: Pace;
};

export type Outbox = {
  readonly put: (event: FaultEvent) => void;
  /** How many reports are not acknowledged yet. */
  readonly size: () => number;
  /** Settles once nothing is being sent: all acknowledged, or the signal came. */
  readonly settled: () => Promise<void>;
};

/** By check; insertion order is sending order. */
type LatestReports = Map<string, FaultEvent>;

type Sending = {
  readonly ports: OutboxPorts;
  readonly lanes: Map<string, LatestReports>;
  readonly running: Set<Promise<void>>;
};

export function createOutbox(ports: OutboxPorts): Outbox {
  const sending: Sending = { ports, lanes: new Map(), running: new Set() };
  return {
    put: (event) => put(sending, event),
    size: () => [...sending.lanes.values()].reduce((sum, lane) => sum + lane.size, 0),
    settled: () => settled(sending),
  };
}

function put(sending: Sending, event: FaultEvent): void {
  const waiting = sending.lanes.get(event.node);
  if (waiting) {
    // The newer report goes to the end, so that the order of the node's reports stays the order of their making.
    waiting.delete(event.check);
    waiting.set(event.check, event);
    return;
  }
  const lane: LatestReports = new Map([[event.check, event]]);
  sending.lanes.set(event.node, lane);
  const run = drain(sending, event.node, lane).finally(() => sending.running.delete(run));
  sending.running.add(run);
}

async function drain(sending: Sending, node: string, lane: LatestReports): Promise<void> {
  const { ports, lanes } = sending;
  const backoff = createBackoff(ports.pace, ports.signal);
  while (lane.size > 0 && !ports.signal.aborted) {
    if (await sendFirst(sending, lane)) backoff.succeeded();
    else await backoff.failed();
  }
  if (lane.size === 0) lanes.delete(node);
}

/** Sends the oldest report of a lane; false when the hub did not take it. */
async function sendFirst({ ports }: Sending, lane: LatestReports): Promise<boolean> {
  const [event] = lane.values();
  if (!event) return true;
  try {
    await ports.publish(event);
    // A newer report of the same check may have taken its place meanwhile.
    if (lane.get(event.check) === event) lane.delete(event.check);
    return true;
  } catch (error) {
    const message = errorText(error);
    ports.onProblem(`A report on ${event.node} (${event.check}) was not stored: ${message}`);
    return false;
  }
}

async function settled({ running }: Sending): Promise<void> {
  while (running.size > 0) await Promise.all(running);
}
