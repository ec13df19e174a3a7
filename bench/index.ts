/** `npm run bench -- detect|burst|scale`: all runs are shown, the median is judged, the last line is JSON. */
import { parseArgs } from 'node:util';
import { burst } from './burst.ts';
import { detect } from './detect.ts';
import { scale } from './scale.ts';
import { medianRun } from './statistics.ts';

/** The nearest peer's published figures, on its larger hardware (docs/BENCHMARKS.md names the source). */
const peer = {
  detect: { peerP50Ms: 26, peerP99Ms: 165 },
  burst: { peerP50Ms: 70_000, peerP99Ms: 89_000 },
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    nodes: { type: 'string' },
    cluster: { type: 'string', default: '2000' },
    pods: { type: 'string' },
    rate: { type: 'string', default: '2' },
    soak: { type: 'string', default: '5' },
    idle: { type: 'string', default: '60' },
  },
});

const runs = Number(values.runs);
const soakSeconds = Number(values.soak);

async function runDetect(): Promise<object> {
  const options = {
    faults: Number(values.nodes ?? 200),
    perSecond: Number(values.rate),
    soakSeconds,
  };
  const all = await repeat(() => detect(options));
  const { fromCondition, fromPublish, floor, nodes, budget } = medianRun(
    all,
    (run) => run.fromCondition.p50Ms,
  );
  return {
    bench: 'detect',
    ...fromCondition,
    ...peer.detect,
    floorP50Ms: floor.p50Ms,
    floorP99Ms: floor.p99Ms,
    publishP50Ms: fromPublish.p50Ms,
    publishP99Ms: fromPublish.p99Ms,
    faults: options.faults,
    perSecond: options.perSecond,
    soakSeconds,
    nodes,
    budget,
    podsPerNode: 0,
    runs,
    worstP99Ms: Math.max(...all.map((run) => run.fromCondition.p99Ms)),
  };
}

async function runBurst(): Promise<object> {
  const options = {
    failing: Number(values.nodes ?? 200),
    nodes: Number(values.cluster),
    replicas: Number(values.pods ?? 600),
    soakSeconds,
  };
  say(`the policy allows ${options.failing} of ${options.nodes} nodes to be out at once`);
  const all = await repeat(() => burst(options));
  const median = medianRun(all, (run) => run.backInService.p50Ms);
  return {
    bench: 'burst',
    ...median.backInService,
    ...peer.burst,
    isolationP50Ms: median.isolation.p50Ms,
    isolationP99Ms: median.isolation.p99Ms,
    lastIsolationMs: median.lastIsolationMs,
    floorP50Ms: median.floor.p50Ms,
    floorP99Ms: median.floor.p99Ms,
    cost: median.cost,
    failing: options.failing,
    nodes: options.nodes,
    podsPerNode: median.podsMoved / options.failing,
    fewestPodsPerNode: median.fewestPods,
    bootSeconds: [3, 6],
    soakSeconds,
    budget: median.budget,
    runs,
    worstP99Ms: Math.max(...all.map((run) => run.backInService.p99Ms)),
  };
}

async function runScale(): Promise<object> {
  const options = {
    nodes: Number(values.nodes ?? 10_000),
    pods: Number(values.pods ?? 0),
    soakSeconds,
    idleSeconds: Number(values.idle),
  };
  const all = await repeat(() => scale(options));
  const median = medianRun(all, (run) => run.settledMb);
  return { bench: 'scale', ...median, ...options, runs };
}

async function repeat<T>(once: () => Promise<T>): Promise<readonly T[]> {
  const done: T[] = [];
  for (let run = 1; run <= runs; run += 1) {
    say(`run ${run} of ${runs}`);
    const result = await once();
    say(JSON.stringify(result));
    done.push(result);
  }
  return done;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

const benches: Readonly<Record<string, () => Promise<object>>> = {
  detect: runDetect,
  burst: runBurst,
  scale: runScale,
};
const bench = benches[positionals[0] ?? ''];
if (bench) process.stdout.write(`${JSON.stringify(await bench())}\n`);
else {
  say('Say which: npm run bench -- detect, burst --nodes 200, or scale --nodes 10000');
  process.exitCode = 2;
}
