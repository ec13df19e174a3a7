/** What a repair costs: processor time of every process, and what was asked of Temporal, the hub and the API server. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { loopback } from '../embedded/servers/context.ts';
import type { Stack } from '../embedded/index.ts';
import { numberAt } from '../kube/transport/raw.ts';
import { connectTemporal } from '../temporal/index.ts';
import { cpuSecondsOf } from './engineFacts.ts';

export type Cost = {
  /** Seconds of processor time per repair, by process; the bench itself is the processes' guest and counted apart. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly cpuSecondsAll: number;
  readonly workflowTasks: number;
  readonly historyEvents: number;
  readonly hubMessages: number;
  readonly apiCalls: number;
};

type Meter = {
  readonly cpu: ReadonlyMap<string, number>;
  readonly hubMessages: number;
  readonly auditBytes: number;
};

/** Begins to count; what it resolves to ends the count and tells it per repair. */
export async function meter(stack: Stack): Promise<(repairs: number) => Promise<Cost>> {
  const before = await read(stack);
  return async (repairs) => {
    const after = await read(stack);
    const each = (total: number): number => Math.round((1_000 * total) / repairs) / 1_000;
    const spent = [...after.cpu].map(
      ([name, seconds]) => [name, each(seconds - (before.cpu.get(name) ?? 0))] as const,
    );
    const servers = spent.filter(([name]) => name !== 'bench');
    return {
      cpuSeconds: Object.fromEntries(spent),
      cpuSecondsAll: each(repairs * servers.reduce((sum, [, seconds]) => sum + seconds, 0)),
      ...(await historiesOf(stack)),
      hubMessages: each(after.hubMessages - before.hubMessages),
      apiCalls: each(await callsSince(stack.state.kubernetes.auditLog, before.auditBytes)),
    };
  };
}

async function read(stack: Stack): Promise<Meter> {
  const { children, kubernetes, ports } = stack.state;
  const cpu = new Map<string, number>([['bench', cpuSecondsOfThis()]]);
  for (const { name, pid } of children) cpu.set(name, await cpuSecondsOf(pid));
  const answer = await fetch(`http://${loopback}:${ports['nats-monitor']}/varz`);
  const { size: auditBytes } = await stat(kubernetes.auditLog);
  return { cpu, hubMessages: numberAt(await answer.json(), 'in_msgs') ?? 0, auditBytes };
}

function cpuSecondsOfThis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** So many histories tell what all of them are like. */
const sampled = 20;

async function historiesOf(stack: Stack): Promise<Pick<Cost, 'workflowTasks' | 'historyEvents'>> {
  const temporal = await connectTemporal(stack.state.temporal);
  if ('kind' in temporal) throw new Error(temporal.why);
  const { workflow } = temporal.client;
  let histories = 0;
  let tasks = 0;
  let events = 0;
  for await (const { workflowId } of workflow.list({ query: "ExecutionStatus = 'Completed'" })) {
    const history = await workflow.getHandle(workflowId).fetchHistory();
    const all = history.events ?? [];
    events += all.length;
    tasks += all.filter((event) => event.workflowTaskCompletedEventAttributes).length;
    histories += 1;
    if (histories === sampled) break;
  }
  await temporal.close();
  const each = (total: number): number => Math.round((10 * total) / histories) / 10;
  return { workflowTasks: each(tasks), historyEvents: each(events) };
}

/** All that the engine asked of the API server: the audit log holds each of its calls. */
async function callsSince(auditLog: string, from: number): Promise<number> {
  let calls = 0;
  for await (const line of createInterface(createReadStream(auditLog, { start: from })))
    if (line.includes('"username":"slipway-')) calls += 1;
  return calls;
}
