/** The demo's cluster: real servers, twenty nodes, running Deployments, and the engine as a process of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StackFailure, startStack, type Stack } from '../embedded/index.ts';
import { readBmcCalls, readWrites } from '../embedded/oracle/index.ts';
import { clusterIdentity, connectKube } from '../kube/index.ts';
import { connectTemporal, type Temporal } from '../temporal/index.ts';
import { parseTicketLine } from '../schemas/wire/ticketLine.ts';
import type { NoticeEvidence } from './notice.ts';
import type { Receiver } from './receiver.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import type { LogEvidence } from './verdict.ts';

export const nodeCount = 20;
const webReplicas = 36;
const webMaxUnavailable = 6;
const guardedReplicas = 2;
const poolLabel = 'demo.slipway.dev/pool';
const podsReadyWithinMs = 30_000;
const pollMs = 100;

/** A story and the node it plays on. */
export type Cast = { readonly scenario: Scenario; readonly node: string };

export type Stage = {
  readonly stack: Stack;
  /** Where the ticket of the node beyond repair goes. */
  readonly receiver: Receiver;
  readonly cluster: string;
  readonly temporal: Temporal;
  readonly cast: readonly Cast[];
  readonly pods: number;
};

const policies = fileURLToPath(new URL('../examples/demo/policy.yaml', import.meta.url));

/** Starts the real servers; throws a StackFailure with one sentence when that is impossible. */
export function startServers(
  dataDir: string,
  { url, secretFile }: Receiver,
  report: (line: string) => void,
): Promise<Stack> {
  return startStack({
    dataDir,
    report,
    temporalUi: true,
    mode: 'act',
    policies,
    ticketWebhook: { url, secretFile },
  });
}

/** Fills the started stack, and returns once all pods run and the engine serves. */
export async function setStage(stack: Stack, receiver: Receiver): Promise<Stage> {
  const [cast, cluster, temporal] = await Promise.all([
    populate(stack),
    readCluster(stack),
    openTemporal(stack),
    stack.startEngine('act'),
  ]);
  return { stack, receiver, cluster, temporal, cast, pods: await waitForPods(stack) };
}

/** All that the two logs hold so far. */
export async function readEvidence({ state }: Stack): Promise<LogEvidence> {
  const [writes, calls] = await Promise.all([
    readWrites(state.kubernetes.auditLog),
    readBmcCalls(state.bmc?.callLog ?? ''),
  ]);
  return { writes, calls };
}

/** What the receiver and the file of tickets hold so far. */
export async function readNotices({ stack, receiver }: Stage): Promise<NoticeEvidence> {
  const file = join(stack.dataDir, 'tickets.jsonl');
  const written = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const lines = written.flatMap((line) => parseTicketLine(line) ?? []);
  return { brokenOff: receiver.brokenOff(), arrivals: receiver.arrivals(), lines };
}

async function readCluster({ state }: Stack): Promise<string> {
  const connected = await connectKube({ kubeconfigPath: state.kubernetes.kubeconfigs.admin });
  if (!connected.ok) throw new StackFailure(connected.problem);
  const identity = await clusterIdentity(connected.kube);
  await connected.kube.close();
  if (!identity.ok) throw new StackFailure(identity.refusal.message);
  return identity.value.id;
}

async function openTemporal({ state }: Stack): Promise<Temporal> {
  const connected = await connectTemporal(state.temporal);
  if ('kind' in connected) throw new StackFailure(connected.why);
  return connected;
}

const guarded = scenarios.filter(({ guardedApp }) => guardedApp !== undefined);

/** Stories with guarded pods play on nodes of their own, so that whatever moves there is theirs. */
async function populate(stack: Stack): Promise<readonly Cast[]> {
  const webNodes = nodeCount - guarded.length;
  const nodes = [
    ...(await stack.createNodes(webNodes, { labels: { [poolLabel]: 'web' } })),
    ...(await stack.createNodes(guarded.length, {
      from: webNodes,
      labels: { [poolLabel]: 'state' },
    })),
  ];
  const cast = scenarios.map((scenario) => ({
    scenario,
    node: nodes[scenario.index]?.name ?? '',
  }));
  await stack.createDeployment('web', webReplicas, {
    nodeSelector: { [poolLabel]: 'web' },
    budget: { maxUnavailable: webMaxUnavailable },
  });
  await Promise.all(cast.map((one) => prepare(stack, one)));
  return cast;
}

async function prepare(stack: Stack, { scenario, node }: Cast): Promise<void> {
  const { behaviour, guardedApp } = scenario;
  if (behaviour) await stack.hardware.behave(node, behaviour);
  if (guardedApp === undefined) return;
  await stack.createDeployment(guardedApp, guardedReplicas, {
    nodeSelector: { 'kubernetes.io/hostname': node },
    budget: { minAvailable: guardedReplicas },
  });
}

const runningPods = '/api/v1/namespaces/default/pods?fieldSelector=status.phase%3DRunning';

async function waitForPods(stack: Stack): Promise<number> {
  const wanted = webReplicas + guarded.length * guardedReplicas;
  const deadline = performance.now() + podsReadyWithinMs;
  while (performance.now() < deadline) {
    const { body } = await stack.api().get(runningPods);
    if (countItems(body) >= wanted) return wanted;
    await delay(pollMs);
  }
  throw new StackFailure(
    `The ${wanted} pods of the demo did not start within ${podsReadyWithinMs / 1_000} s: see ${stack.dataDir}/logs.`,
  );
}

function countItems(body: unknown): number {
  return typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items)
    ? body.items.length
    : 0;
}
