/** Starts Slipway's engine against given servers, and ends it in the reverse order. */
import { openRecords } from '../dispatch/index.ts';
import type { Records } from '../dispatch/index.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { openBucket } from '../event-hub/index.ts';
import type { Bucket } from '../event-hub/index.ts';
import { createGuard } from '../guard/index.ts';
import type { Guard } from '../guard/index.ts';
import { nodesNow, nodeCache, podCache } from '../kube/index.ts';
import type { Kube, NodeCache, PodCache, WatchProblem } from '../kube/index.ts';
import { parseEpisodeRecord } from '../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../schemas/wire/guardRecord.ts';
import type { GuardRecord } from '../schemas/wire/guardRecord.ts';
import { codeVersion } from './codeVersion.ts';
import { createDrivers } from './drivers.ts';
import { createMetrics, serveMetrics } from './metrics.ts';
import { connectAll, disconnect } from './neighbours.ts';
import type { Neighbours } from './neighbours.ts';
import type { EngineOptions } from './options.ts';
import { createPorts } from './ports.ts';
import { logTemporalTo } from './temporalLog.ts';
import { announcementPart } from './parts/announcement.ts';
import { dispatchPart } from './parts/dispatch.ts';
import { hubPart } from './parts/hub.ts';
import { leadPart } from './parts/lead.ts';
import { noticesPart } from './parts/notices.ts';
import { probePart } from './parts/probe.ts';
import { startWorkers, workersPart } from './parts/workers.ts';
import { runParts } from './parts.ts';
import type { Part } from './parts.ts';

/** Runs until the signal; throws `EngineFailure` when a neighbour cannot be reached at the start. */
export async function runEngine(options: EngineOptions, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  logTemporalTo(options.log);
  const neighbours = await connectAll(options);
  try {
    const views = await openViews(options, neighbours, stop.signal);
    await work(options, neighbours, views, stop);
  } finally {
    stop.abort();
    await disconnect(neighbours);
  }
}

/** The projected caches and the shared records, one of each per process. */
type Views = {
  readonly nodes: NodeCache;
  readonly pods: PodCache;
  readonly records: Records;
  readonly guardBucket: Bucket<GuardRecord>;
  readonly guard: Guard;
};

async function openViews(
  { log }: EngineOptions,
  { observer, hub, cluster: { id: cluster } }: Neighbours,
  signal: AbortSignal,
): Promise<Views> {
  const onProblem = (problem: WatchProblem): void => log.warn('a watch had trouble', problem);
  const nodes = nodeCache(observer, { signal, onProblem });
  const pods = podCache(observer, { signal, onProblem });
  const [episodes, guardBucket] = await Promise.all([
    openBucket(hub, { name: buckets.episodes, cluster, parse: parseEpisodeRecord }),
    openBucket(hub, { name: buckets.guard, cluster, parse: parseGuardRecord }),
  ]);
  const guard = createGuard({
    bucket: guardBucket,
    clock,
    nodes: () => freshNodes(observer, nodes),
  });
  const records = openRecords(episodes, (trouble) => log.warn('a record had trouble', { trouble }));
  await Promise.all([nodes.synced, pods.synced, records.follow(signal)]);
  return { nodes, pods, records, guardBucket, guard };
}

/** Who is out is counted on nodes that are fresh, or not at all. */
async function freshNodes(
  kube: Kube,
  nodes: NodeCache,
): ReturnType<Parameters<typeof createGuard>[0]['nodes']> {
  const read = await nodesNow(kube, nodes);
  return read.ok ? read.value : undefined;
}

async function work(
  options: EngineOptions,
  neighbours: Neighbours,
  views: Views,
  stop: AbortController,
): Promise<void> {
  const { log, mode, limits } = options;
  const drivers = createDrivers(options);
  const { identity } = neighbours;
  const { id: cluster, server } = neighbours.cluster;
  const seen = { ...options, ...neighbours, ...views, cluster, clock };
  const metrics = createMetrics(seen, stop.signal);
  const ports = metrics.counted(createPorts({ ...seen, drivers }));
  await serveMetrics(options.metrics?.listen, metrics, stop.signal);
  const workers = await startWorkers({
    connection: neighbours.connection,
    namespace: options.temporal.namespace,
    identity,
    ports,
    limits,
  });
  log.info('engine ready', { mode, cluster, server });
  const of = { ...seen, ports, metrics, codeVersion };
  const parts: readonly Part[] = [
    workersPart(workers),
    announcementPart(of),
    hubPart(of),
    probePart(of),
    noticesPart(of),
    dispatchPart(of),
  ];
  const always = parts.filter(({ needsLead }) => !needsLead);
  const leading = parts.filter(({ needsLead }) => needsLead);
  try {
    await runParts([...always, leadPart(of, leading)], stop.signal);
  } finally {
    stop.abort();
    log.info('engine stopped');
  }
}

function clock(): number {
  return Date.now();
}
