/** One engine with many nodes, and pods if asked for: its memory, its idle share of the processor, and one repair. */
import { setTimeout as wait } from 'node:timers/promises';
import { buckets } from '../domain/vocabulary/hub.ts';
import type { Stack } from '../embedded/index.ts';
import { isolations, readBmcCalls, readWrites, resets } from '../embedded/oracle/index.ts';
import { choosePorts } from '../embedded/ports.ts';
import { connectHub, newestReportsOf, openBucket } from '../event-hub/index.ts';
import { clusterIdentity, connectKube, getNode, listPodsOn, readPause } from '../kube/index.ts';
import { parseGuardRecord } from '../schemas/wire/guardRecord.ts';
import { createPods } from './crowd.ts';
import { askEngine, cpuSecondsOf, memoryOf } from './engineFacts.ts';
import { kernelDeadlock, startFleet, until } from './fleet.ts';
import { measureFloor } from './floor.ts';
import { percentiles } from './statistics.ts';
import type { Percentiles } from './statistics.ts';

export type ScaleOptions = {
  readonly nodes: number;
  readonly pods: number;
  readonly soakSeconds: number;
  readonly idleSeconds: number;
};

export type OneRepair = {
  /** From just before the write of the condition to the answer to the cordon. */
  readonly cordonMs: number;
  readonly backInServiceMs: number;
  /** By the BMC's call log, and how many of them the engine knew to be done. */
  readonly resetsSent: number;
  readonly resetsDone: number;
  /** The longest turn of the engine's event loop meanwhile. */
  readonly longestTurnMs: number;
};

export type ScaleRun = {
  /** From the start of the engine until it was ready. */
  readonly startMs: number;
  readonly longestTurnAtStartMs: number;
  /** With half of the pods there and half of them on their way; none without pods. */
  readonly repairInStream?: OneRepair;
  readonly settledMb: number;
  /** The highest of the whole run. */
  readonly peakMb: number;
  /** Of one core. */
  readonly idlePercent: number;
  readonly longestTurnIdleMs: number;
  readonly repair: OneRepair;
  readonly look: Percentiles;
  readonly floor: Percentiles;
};

/** Where one run happens. */
type Site = {
  readonly stack: Stack;
  readonly nodes: readonly string[];
  readonly metricsUrl: string;
  readonly pid: number;
};

/** After what came in, until it has been looked at and the heap is what it is in quiet times. */
const restMs = 20_000;

export async function scale(options: ScaleOptions): Promise<ScaleRun> {
  const { nodes, pods, soakSeconds, idleSeconds } = options;
  const { metrics } = await choosePorts(['metrics'], {});
  const listen = `127.0.0.1:${metrics}`;
  // Read by the engine, which inherits it.
  process.env['SLIPWAY_METRICS_LISTEN'] = listen;
  const fleet = await startFleet({ nodes, replicas: 0, budget: 10, soakSeconds });
  try {
    const pid = fleet.stack.child('engine').pid ?? 0;
    const site = { ...fleet, pid, metricsUrl: `http://${listen}/metrics` };
    const atStart = await askEngine(site.metricsUrl);
    const repairInStream = pods > 0 ? await streamIn(site, pods) : undefined;
    await wait(restMs);
    return {
      startMs: fleet.engineStartMs,
      longestTurnAtStartMs: atStart.longestTurnMs,
      ...(repairInStream && { repairInStream }),
      ...(await inQuiet(site, idleSeconds)),
    };
  } finally {
    await fleet.end();
  }
}

/**
 * The pods come in; when half of them are there, one node breaks. It carries none, as the other that breaks later: their
 * end would have to wait in kwok's queue behind the beginning of all others.
 */
async function streamIn(site: Site, pods: number): Promise<OneRepair> {
  const half = Promise.withResolvers<void>();
  const creating = createPods(site.stack.api(), site.nodes.slice(2), pods, (made) => {
    if (made * 2 >= pods) half.resolve();
  });
  await Promise.race([half.promise, creating]);
  const repair = await repairOne(site, site.nodes[0] ?? '');
  await creating;
  return repair;
}

async function inQuiet(
  { pid, metricsUrl, ...rest }: Site,
  idleSeconds: number,
): Promise<Omit<ScaleRun, 'startMs' | 'longestTurnAtStartMs' | 'repairInStream'>> {
  const site = { ...rest, pid, metricsUrl };
  await askEngine(metricsUrl);
  const before = await cpuSecondsOf(pid);
  await wait(idleSeconds * 1_000);
  const idlePercent = (((await cpuSecondsOf(pid)) - before) / idleSeconds) * 100;
  const { longestTurnMs: longestTurnIdleMs } = await askEngine(metricsUrl);
  const { nowMb: settledMb } = await memoryOf(pid);
  const repair = await repairOne(site, site.nodes[1] ?? '');
  const look = await measureLooks(site);
  const floor = await measureFloor(site.stack, site.nodes.at(-1) ?? '');
  const { peakMb } = await memoryOf(pid);
  return {
    settledMb,
    peakMb,
    idlePercent: Math.round(idlePercent * 100) / 100,
    longestTurnIdleMs,
    repair,
    look,
    floor,
  };
}

async function repairOne({ stack, metricsUrl }: Site, node: string): Promise<OneRepair> {
  const isOut = async (): Promise<boolean> => (await stack.node(node))?.spec.unschedulable === true;
  const before = await askEngine(metricsUrl);
  const failedAt = performance.timeOrigin + performance.now();
  await kernelDeadlock(stack, node);
  await until('a node isolated', 120_000, isOut);
  await until('a node back in service', 240_000, async () => !(await isOut()));
  const backAt = performance.timeOrigin + performance.now();
  const after = await askEngine(metricsUrl);
  const turns = isolations(await readWrites(stack.state.kubernetes.auditLog));
  const cordonedAt = turns.find((turn) => turn.node === node)?.answeredAtMs ?? Number.NaN;
  const calls = await readBmcCalls(stack.state.bmc?.callLog ?? '');
  return {
    cordonMs: Math.round(cordonedAt - failedAt),
    backInServiceMs: Math.round(backAt - failedAt),
    resetsSent: resets(calls, node).length,
    resetsDone: after.resetsDone - before.resetsDone,
    longestTurnMs: after.longestTurnMs,
  };
}

const looks = 200;

/** What the look before a reset reads, from a process of its own: node, pause, ledger, reports, and the node's pods. */
async function measureLooks({ stack, nodes }: Site): Promise<Percentiles> {
  const { state } = stack;
  const connected = await connectKube({ kubeconfigPath: state.kubernetes.kubeconfigs.observer });
  if (!connected.ok) throw new Error(connected.problem);
  const { kube } = connected;
  const identity = await clusterIdentity(kube);
  const hub = await connectHub({ url: state.natsUrl, name: 'bench' });
  if (!identity.ok || hub.kind !== 'hub') throw new Error('the bench could not connect');
  const cluster = identity.value.id;
  const ledger = await openBucket(hub, { name: buckets.guard, cluster, parse: parseGuardRecord });
  const taken: number[] = [];
  for (let count = 0; count < looks; count += 1) {
    const node = nodes[(count * 47) % nodes.length] ?? '';
    const startedAt = performance.now();
    const [facts, pause, pods, reports] = await Promise.all([
      getNode(kube, node),
      readPause(kube),
      listPodsOn(kube, node),
      newestReportsOf(hub, cluster, node),
      ledger.get('ledger'),
    ]);
    taken.push(performance.now() - startedAt);
    if (!facts.ok || !pause.ok || !pods.ok || reports.kind !== 'read')
      throw new Error(`${node} could not be looked at`);
  }
  await Promise.all([hub.close(), kube.close()]);
  return percentiles(taken);
}
