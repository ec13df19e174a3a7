/** One cluster on real servers for one run: durable settings on, guard on, engine as its own process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startStack } from '../embedded/index.ts';
import type { Stack } from '../embedded/index.ts';
import { numberAt } from '../kube/transport/raw.ts';

export type FleetOptions = {
  readonly nodes: number;
  readonly replicas: number;
  /** The most nodes the policy lets be out at once. */
  readonly budget: number;
  readonly soakSeconds: number;
};

export type Fleet = {
  readonly stack: Stack;
  readonly nodes: readonly string[];
  /** From the start of the engine until it was ready. */
  readonly engineStartMs: number;
  readonly end: () => Promise<void>;
};

/** A reset takes this long, drawn evenly: the range of the peer's own measurement. */
const bootMs: [number, number] = [3_000, 6_000];

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const policies = join(folder, 'policy.yaml');
  await writeFile(policies, policyText(options));
  const stack = await startStack({
    dataDir: join(folder, 'data'),
    policies,
    mode: 'act',
    fsync: true,
  });
  const end = async (): Promise<void> => {
    await stack.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const nodes = await stack.createNodes(options.nodes);
    await stack.hardware.behave('*', { bootMs });
    if (options.replicas > 0) await deploy(stack, options.replicas);
    const startedAt = performance.now();
    await stack.startEngine('act');
    const engineStartMs = Math.round(performance.now() - startedAt);
    return { stack, nodes: nodes.map(({ name }) => name), engineStartMs, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function policyText({ budget, soakSeconds }: FleetOptions): string {
  return `apiVersion: slipway.dev/v1
kind: RepairPolicy
metadata:
  name: bench
spec:
  checks: [KernelDeadlock]
  holdDown: 0s
  soak: ${soakSeconds}s
  guard: { maxUnavailablePercent: 100, maxUnavailableNodes: ${budget} }
  migration: { timeout: 10m }
  ladder:
    - name: reboot
      driver: redfish
      action: GracefulRestart
      callTimeout: 30s
      bootWindow: 2m
      verification: { timeout: 2m, soak: ${soakSeconds}s }
`;
}

async function deploy(stack: Stack, replicas: number): Promise<void> {
  await stack.createDeployment('work', replicas, { terminationGracePeriodSeconds: 1 });
  await until(`${replicas} pods ready`, 300_000, async () => {
    const { body } = await stack.api().get('/apis/apps/v1/namespaces/default/deployments/work');
    return numberAt(body, 'status', 'readyReplicas') === replicas;
  });
}

/** Seldom enough not to be felt by what is measured. */
const pollMs = 1_000;

/** Waits until `isTrue`, or throws after the time-out. */
export async function until(
  what: string,
  timeoutMs: number,
  isTrue: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await wait(pollMs);
  }
}

export function kernelDeadlock(stack: Stack, node: string): Promise<void> {
  const reason = {
    reason: 'DockerHung',
    message: 'task docker:4711 blocked for more than 120 seconds',
  };
  return stack.setCondition(node, { type: 'KernelDeadlock', status: 'True', ...reason });
}
