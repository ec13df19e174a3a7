/** A stack of real servers whose engine can be killed or held at any point, for one test file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buckets } from '../../../domain/vocabulary/hub.ts';
import { Child } from '../../../embedded/child.ts';
import { startStack } from '../../../embedded/index.ts';
import type { Stack } from '../../../embedded/index.ts';
import { engineSpec } from '../../../embedded/servers/engine.ts';
import { openBucket } from '../../../event-hub/index.ts';
import type { Bucket, Hub } from '../../../event-hub/index.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import type { GuardRecord } from '../../../schemas/wire/guardRecord.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import { connectTemporal } from '../../../temporal/index.ts';
import type { Temporal } from '../../../temporal/index.ts';
import { openHub } from '../hub.ts';
import { folderVariable, giveOrders, prepareOrders, readReached } from './orders.ts';
import type { Order, Reached } from './orders.ts';
import { until } from './until.ts';

export type Site = {
  readonly stack: Stack;
  readonly engine: Child<'engine'>;
  readonly cluster: string;
  readonly hub: Hub;
  readonly episodes: Bucket<EpisodeRecord>;
  readonly guard: Bucket<GuardRecord>;
  readonly temporal: Temporal;
  readonly order: (...orders: readonly Order[]) => void;
  readonly reached: () => readonly Reached[];
  /** Ends all processes; the data stays. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const product = fileURLToPath(new URL('../../..', import.meta.url));
const entry = 'test/support/chaos/engine.ts';
/** The shortest that is allowed, since each killed engine leaves a lease that has to lapse. */
const leaseSeconds = 3;

export type SiteOptions = {
  readonly policies: string;
  readonly nodes: number;
  readonly replicas: number;
};

/** Starts the stack with ready nodes and running pods, and an engine in `act`. */
export async function openSite({ policies, nodes, replicas }: SiteOptions): Promise<Site> {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-chaos-'));
  await writeFile(policyFile(dataDir), policies);
  const stack = await startStack({ dataDir, policies: policyFile(dataDir), mode: 'act' });
  await stack.createNodes(nodes);
  await stack.createDeployment('web', replicas);
  await untilRunning(stack, replicas);
  const site = await connect(stack);
  await site.engine.start();
  return site;
}

/** Starts a stack again that was stopped, with an engine whose code lies in `codeFolder`. */
export async function reopenSite(dataDir: string, codeFolder: string): Promise<Site> {
  const stack = await startStack({ dataDir, policies: policyFile(dataDir), mode: 'act' });
  const site = await connect(stack, codeFolder);
  await site.engine.start();
  return site;
}

function policyFile(dataDir: string): string {
  return join(dataDir, 'policies.yaml');
}

async function connect(stack: Stack, codeFolder = product): Promise<Site> {
  const { dataDir, state } = stack;
  const engine = await engineOf(stack, codeFolder);
  const hub = await openHub(state.natsUrl);
  const cluster = await clusterId(stack);
  const temporal = await connectTemporal(state.temporal);
  if ('kind' in temporal) throw new Error(temporal.why);
  const stop = async (): Promise<void> => {
    giveOrders(dataDir, []);
    await engine.stop();
    await Promise.all([hub.close(), temporal.close()]);
    await stack.stop();
  };
  return {
    stack,
    engine,
    cluster,
    hub,
    temporal,
    stop,
    close: async () => {
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
    episodes: await openBucket(hub, { name: buckets.episodes, cluster, parse: parseEpisodeRecord }),
    guard: await openBucket(hub, { name: buckets.guard, cluster, parse: parseGuardRecord }),
    order: (...orders) => giveOrders(dataDir, orders),
    reached: () => readReached(dataDir),
  };
}

/** The engine as a child of its own, started by way of the entry that obeys orders. */
async function engineOf({ dataDir, state }: Stack, codeFolder: string): Promise<Child<'engine'>> {
  prepareOrders(dataDir);
  const config = join(dataDir, 'config', 'chaos.yaml');
  const written = JSON.parse(await readFile(state.engineConfig, 'utf8')) as object;
  await writeFile(config, JSON.stringify({ ...written, leaseSeconds }));
  const spec = engineSpec(dataDir, config, 'act');
  const [node, , ...flags] = spec.command;
  return new Child({
    ...spec,
    command: [node, join(codeFolder, entry), ...flags],
    environment: { [folderVariable]: dataDir },
  });
}

async function clusterId(stack: Stack): Promise<string> {
  const { body } = await stack.api().get('/api/v1/namespaces/kube-system');
  return (body as { metadata: { uid: string } }).metadata.uid;
}

async function untilRunning(stack: Stack, count: number): Promise<void> {
  await until('the pods run', async () => {
    const pods = await podsOf(stack);
    return pods.filter((pod) => pod.phase === 'Running').length === count;
  });
}

export type Pod = {
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly phase: string;
  readonly labels: Readonly<Record<string, string>>;
};

type RawPod = {
  readonly metadata: { name: string; uid: string; labels?: Record<string, string> };
  readonly spec: { nodeName?: string };
  readonly status: { phase: string };
};

export async function podsOf(stack: Stack): Promise<readonly Pod[]> {
  const { body } = await stack.api().get('/api/v1/namespaces/default/pods');
  return (body as { items: readonly RawPod[] }).items.map(({ metadata, spec, status }) => ({
    name: metadata.name,
    uid: metadata.uid,
    node: spec.nodeName ?? '',
    phase: status.phase,
    labels: metadata.labels ?? {},
  }));
}

/** Waits until each of these nodes' repairs came to its point. */
export async function untilReached(
  { reached }: Site,
  aims: readonly { readonly node: string; readonly point: string }[],
): Promise<void> {
  await until(`all came to ${aims.map(({ point }) => point).join(', ')}`, () => {
    const all = reached();
    return aims.every((aim) =>
      all.some(({ node, point }) => node === aim.node && point === aim.point),
    );
  });
}
