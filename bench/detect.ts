/** How long from a fault to the cordon, one fault after another, by the API server's own clock. */
import { setTimeout as wait } from 'node:timers/promises';
import { conditionChanges, isolations, readWrites } from '../embedded/oracle/index.ts';
import type { ApiWrite } from '../embedded/oracle/index.ts';
import type { Stack } from '../embedded/index.ts';
import { clusterIdentity, connectKube } from '../kube/index.ts';
import { connectHub, eventId, publishFault } from '../event-hub/index.ts';
import { kernelDeadlock, startFleet, until } from './fleet.ts';
import { measureFloor } from './floor.ts';
import { percentiles } from './statistics.ts';
import type { Percentiles } from './statistics.ts';

export type DetectOptions = {
  readonly faults: number;
  readonly perSecond: number;
  readonly soakSeconds: number;
};

export type DetectRun = {
  /** From the audit time of the condition's write to the audit time of the cordon. */
  readonly fromCondition: Percentiles;
  /** From just before the publish on the hub, as an agent does it, to the audit time of the cordon. */
  readonly fromPublish: Percentiles;
  readonly floor: Percentiles;
  readonly nodes: number;
  readonly budget: number;
};

/** How many of the first faults only warm up and are not counted; the same nodes are never used twice. */
const warmUp = 10;
/** Faults told on the hub directly, after those told by conditions. */
const published = 50;

export async function detect(options: DetectOptions): Promise<DetectRun> {
  const conditions = warmUp + options.faults;
  const nodes = conditions + published + 1;
  const fleet = await startFleet({
    nodes,
    replicas: 0,
    budget: nodes,
    soakSeconds: options.soakSeconds,
  });
  try {
    const { stack } = fleet;
    const gapMs = 1_000 / options.perSecond;
    const failing = fleet.nodes.slice(0, conditions);
    await paced(failing, gapMs, (node) => kernelDeadlock(stack, node));
    const told = fleet.nodes.slice(conditions, conditions + published);
    const publishedAt = await publishAll(stack, told, gapMs);
    const writes = await allIsolated(stack, [...failing, ...told]);
    const cordonedAt = new Map(
      isolations(writes).map(({ node, answeredAtMs }) => [node, answeredAtMs]),
    );
    const changes = conditionChanges(writes, 'KernelDeadlock').filter(
      ({ status }) => status === 'True',
    );
    const writtenAt = new Map(changes.map(({ node, answeredAtMs }) => [node, answeredAtMs]));
    const counted = failing.slice(warmUp);
    const since = (from: ReadonlyMap<string, number>) => (node: string) =>
      (cordonedAt.get(node) ?? Number.NaN) - (from.get(node) ?? Number.NaN);
    return {
      fromCondition: percentiles(counted.map(since(writtenAt))),
      fromPublish: percentiles(told.map(since(publishedAt))),
      floor: await measureFloor(stack, fleet.nodes.at(-1) ?? ''),
      nodes,
      budget: nodes,
    };
  } finally {
    await fleet.end();
  }
}

async function publishAll(
  stack: Stack,
  nodes: readonly string[],
  gapMs: number,
): Promise<ReadonlyMap<string, number>> {
  const { state } = stack;
  const connected = await connectKube({ kubeconfigPath: state.kubernetes.kubeconfigs.admin });
  if (!connected.ok) throw new Error(connected.problem);
  const identity = await clusterIdentity(connected.kube);
  const hub = await connectHub({ url: state.natsUrl, name: 'bench' });
  if (!identity.ok || hub.kind !== 'hub') throw new Error('the bench could not connect');
  const publishedAt = new Map<string, number>();
  await paced(nodes, gapMs, async (node) => {
    const facts = await stack.node(node);
    if (!facts) throw new Error(`no node ${node}`);
    const of = {
      cluster: identity.value.id,
      nodeUid: facts.metadata.uid,
      bootId: facts.status.nodeInfo.bootID,
      observer: 'bench',
      check: 'KernelDeadlock',
      verdict: 'faulty',
      counter: Number(facts.metadata.resourceVersion) + 1,
    } as const;
    const told = { node, reason: 'DockerHung', message: 'told by the bench' };
    publishedAt.set(node, performance.timeOrigin + performance.now());
    const event = { ...of, ...told, id: eventId(of), observedAt: Date.now() };
    const stored = await publishFault(hub, event);
    if (stored.kind !== 'stored') throw new Error(stored.why);
  });
  await Promise.all([hub.close(), connected.kube.close()]);
  return publishedAt;
}

async function paced(
  nodes: readonly string[],
  gapMs: number,
  act: (node: string) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  for (const [index, node] of nodes.entries()) {
    await wait(Math.max(0, startedAt + index * gapMs - performance.now()));
    await act(node);
  }
}

async function allIsolated(stack: Stack, nodes: readonly string[]): Promise<readonly ApiWrite[]> {
  let writes: readonly ApiWrite[] = [];
  await until(`${nodes.length} nodes isolated`, 120_000, async () => {
    writes = await readWrites(stack.state.kubernetes.auditLog);
    const isolated = new Set(isolations(writes).map(({ node }) => node));
    return nodes.every((node) => isolated.has(node));
  });
  return writes;
}
