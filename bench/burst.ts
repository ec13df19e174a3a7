/** Many nodes fail at once: how long until the last is isolated, and until they serve again. */
import { isolations, readWrites, returns } from '../embedded/oracle/index.ts';
import type { Stack } from '../embedded/index.ts';
import { listAt, textAt } from '../kube/transport/raw.ts';
import { kernelDeadlock, startFleet, until } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { meter } from './cost.ts';
import type { Cost } from './cost.ts';
import { measureFloor } from './floor.ts';
import { percentiles } from './statistics.ts';
import type { Percentiles } from './statistics.ts';

export type BurstOptions = {
  readonly failing: number;
  readonly nodes: number;
  readonly replicas: number;
  readonly soakSeconds: number;
};

export type BurstRun = {
  /** From each node's fault to its isolation. */
  readonly isolation: Percentiles;
  readonly lastIsolationMs: number;
  /** From each node's fault to its return to service. */
  readonly backInService: Percentiles;
  readonly floor: Percentiles;
  readonly cost: Cost;
  readonly fewestPods: number;
  readonly podsMoved: number;
  readonly budget: number;
};

export async function burst(options: BurstOptions): Promise<BurstRun> {
  const { failing, nodes, replicas, soakSeconds } = options;
  const fleet = await startFleet({ nodes, replicas, budget: failing, soakSeconds });
  try {
    const pods = await podsByNode(fleet.stack);
    const loaded = fleet.nodes.filter((node) => (pods.get(node) ?? 0) > 0).slice(0, failing);
    if (loaded.length < failing) throw new Error(`only ${loaded.length} nodes have a pod`);
    const counts = loaded.map((node) => pods.get(node) ?? 0);
    const run = await measure(fleet, loaded);
    const podsMoved = counts.reduce((sum, count) => sum + count, 0);
    return { ...run, fewestPods: Math.min(...counts), podsMoved, budget: failing };
  } finally {
    await fleet.end();
  }
}

async function measure(
  { stack, nodes }: Fleet,
  failing: readonly string[],
): Promise<Omit<BurstRun, 'fewestPods' | 'podsMoved' | 'budget'>> {
  const costOf = await meter(stack);
  const startedAt = performance.timeOrigin + performance.now();
  const failedAt = new Map<string, number>();
  await Promise.all(
    failing.map(async (node) => {
      await kernelDeadlock(stack, node);
      failedAt.set(node, performance.timeOrigin + performance.now());
    }),
  );
  await untilAllCameBack(stack, failing);
  const cost = await costOf(failing.length);
  const writes = await readWrites(stack.state.kubernetes.auditLog);
  const since = (turns: ReturnType<typeof isolations>): number[] =>
    turns
      .filter(({ node }) => failedAt.has(node))
      .map(({ node, answeredAtMs }) => answeredAtMs - (failedAt.get(node) ?? Number.NaN));
  const isolated = isolations(writes).filter(({ node }) => failedAt.has(node));
  return {
    isolation: percentiles(since(isolated)),
    lastIsolationMs: Math.round(
      Math.max(...isolated.map(({ answeredAtMs }) => answeredAtMs)) - startedAt,
    ),
    backInService: percentiles(since(returns(writes))),
    floor: await measureFloor(stack, nodes.at(-1) ?? ''),
    cost,
  };
}

/**
 * Asks for the cordoned nodes alone, since reading the audit log again and again would take the processor from what is
 * measured. No node is out for less than its soak, so none is missed.
 */
async function untilAllCameBack(stack: Stack, failing: readonly string[]): Promise<void> {
  const seenOut = new Set<string>();
  await until(`${failing.length} nodes back in service`, 600_000, async () => {
    const { body } = await stack.api().get('/api/v1/nodes?fieldSelector=spec.unschedulable=true');
    const out = listAt(body, 'items').map((node) => textAt(node, 'metadata', 'name'));
    for (const node of out) seenOut.add(node);
    return out.length === 0 && failing.every((node) => seenOut.has(node));
  });
}

async function podsByNode(stack: Stack): Promise<ReadonlyMap<string, number>> {
  const { body } = await stack.api().get('/api/v1/namespaces/default/pods');
  const counts = new Map<string, number>();
  for (const pod of listAt(body, 'items')) {
    const node = textAt(pod, 'spec', 'nodeName');
    if (node) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}
