/** What a stack is started with: ports, credentials and the configurations of its servers. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mode } from '../domain/vocabulary/repair.ts';
import { temporalNamespace } from '../domain/vocabulary/temporal.ts';
import type { StackState } from '../schemas/local/stackState.ts';
import { kubeApiOf } from './cluster/api.ts';
import type { UserKey } from './cluster/access.ts';
import {
  ensureServiceAccountKeys,
  ensureTokens,
  kubeconfigFile,
  writeKubeconfigs,
  type Tokens,
} from './cluster/credentials.ts';
import { StackFailure } from './failure.ts';
import { choosePorts, isFree } from './ports.ts';
import { bmcFiles, writeBmcConfig } from './servers/bmc.ts';
import {
  loopback,
  portNames,
  type PortName,
  type ServerPorts,
  type ServerContext,
} from './servers/context.ts';
import { auditLogFile, caFile } from './servers/kubernetes.ts';
import { writeTemporalConfig } from './servers/temporal.ts';
import { writeTemporalUiConfig } from './servers/temporalUi.ts';
import type { Binaries } from './toolchain/index.ts';

export type PlanOptions = {
  readonly temporalUi: boolean;
  readonly bmc: boolean;
  readonly fsync: boolean;
  readonly natsUrl: string | undefined;
  readonly mode: Mode;
  readonly policies: string | undefined;
  readonly ticketWebhook: { readonly url: string; readonly secretFile: string } | undefined;
};

/** Everything that is settled before the first server starts. */
export type StackPlan = {
  readonly context: ServerContext;
  readonly tokens: Tokens;
  readonly options: PlanOptions;
};

/** Chooses ports, and writes keys, tokens, kubeconfigs and the servers' configurations. */
export async function makePlan(
  dataDir: string,
  binaries: Binaries,
  wishes: { given: Partial<Record<PortName, number>>; previous: Record<string, number> },
  options: PlanOptions,
): Promise<StackPlan> {
  await checkGivenPorts(wishes.given);
  const ports = await choosePorts(portNames, { ...wishes.previous, ...wishes.given });
  const pki = join(dataDir, 'pki');
  await ensureServiceAccountKeys(pki);
  const tokens = await ensureTokens(pki);
  const url = kubernetesUrl(ports);
  await writeKubeconfigs(join(dataDir, 'kubeconfigs'), url, caFile(dataDir), tokens);
  const context: ServerContext = {
    dataDir,
    binaries,
    ports,
    fsync: options.fsync,
    admin: kubeApiOf(kubernetesUrl(ports), caFile(dataDir), tokens.admin),
  };
  await mkdir(join(dataDir, 'nats'), { recursive: true });
  await writeFile(join(dataDir, 'config', 'nats.conf'), 'jetstream { sync_interval: always }\n');
  await writeTemporalConfig(context);
  await writeTemporalUiConfig(context);
  await writeBmcConfig(context, tokens);
  return { context, tokens, options };
}

async function checkGivenPorts(given: Partial<Record<PortName, number>>): Promise<void> {
  for (const [name, port] of Object.entries(given)) {
    if (await isFree(port)) continue;
    throw new StackFailure(
      `Port ${port}, asked for ${name}, is taken by another program: stop that program, or choose another port.`,
    );
  }
}

/** Writes the configuration with which `slipway engine` runs against this stack, in JSON, which is YAML too. */
export async function writeEngineConfig(plan: StackPlan): Promise<void> {
  const state = describePlan(plan);
  const { ticketWebhook } = plan.options;
  const config = {
    apiVersion: 'slipway.dev/v1',
    kind: 'EngineConfig',
    mode: plan.options.mode,
    leaseSeconds: 5,
    nats: { url: state.natsUrl },
    temporal: { address: state.temporal.address, namespace: state.temporal.namespace },
    kubernetes: {
      observerKubeconfig: state.kubernetes.kubeconfigs.observer,
      actorKubeconfig: state.kubernetes.kubeconfigs.actor,
    },
    ...(state.bmc && { bmcInventory: state.bmc.inventory }),
    ...(plan.options.policies !== undefined && { policies: plan.options.policies }),
    ticket: {
      file: join(plan.context.dataDir, 'tickets.jsonl'),
      ...(ticketWebhook && {
        webhookUrl: ticketWebhook.url,
        secretFile: ticketWebhook.secretFile,
      }),
    },
  };
  await writeFile(state.engineConfig, `${JSON.stringify(config, undefined, 2)}\n`);
}

/** The state file's content, but for what is known only once the servers run. */
export function describePlan({
  context,
  options,
}: StackPlan): Omit<StackState, 'stackId' | 'startedAt' | 'children' | 'ready'> {
  const { dataDir, ports, binaries } = context;
  const files = bmcFiles(dataDir);
  return {
    version: 1,
    pid: process.pid,
    natsUrl: options.natsUrl ?? `nats://${loopback}:${ports.nats}`,
    temporal: {
      address: `${loopback}:${ports.temporal}`,
      namespace: temporalNamespace,
      ...(options.temporalUi && { uiUrl: `http://${loopback}:${ports['temporal-ui']}` }),
    },
    kubernetes: {
      url: kubernetesUrl(ports),
      caFile: caFile(dataDir),
      kubeconfigs: {
        admin: kubeconfigOf(dataDir, 'admin'),
        observer: kubeconfigOf(dataDir, 'observer'),
        actor: kubeconfigOf(dataDir, 'actor'),
        alice: kubeconfigOf(dataDir, 'alice'),
      },
      auditLog: auditLogFile(dataDir),
    },
    ...(options.bmc && {
      bmc: {
        url: `http://${loopback}:${ports.bmc}`,
        callLog: files.callLog,
        inventory: files.inventory,
      },
    }),
    engineConfig: join(dataDir, 'config', 'engine.yaml'),
    kubectl: binaries.kubectl,
    ports,
  };
}

export function kubernetesUrl(ports: ServerPorts): string {
  return `https://${loopback}:${ports['kube-apiserver']}`;
}

function kubeconfigOf(dataDir: string, key: UserKey): string {
  return kubeconfigFile(join(dataDir, 'kubeconfigs'), key);
}
