/** Starts, watches and ends the servers of a local stack. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Mode } from '../domain/vocabulary/repair.ts';
import { parseObservedNode, type ObservedNode } from '../schemas/local/observedNode.ts';
import type { StackState } from '../schemas/local/stackState.ts';
import { Child, type ChildSpec, type Death } from './child.ts';
import { accessObjects, type UserKey } from './cluster/access.ts';
import { kubeApi, type KubeApi } from './cluster/api.ts';
import {
  createNodes,
  setCondition,
  type ConditionReport,
  type NodeOptions,
  type NodeSpec,
} from './cluster/nodes.ts';
import { createDeployment, type DeploymentOptions } from './cluster/workloads.ts';
import { fullDiskSentence, openDataDir, type DataDir } from './dataDir.ts';
import { StackFailure } from './failure.ts';
import { hardwareControl, type HardwareControl } from './hardware/control.ts';
import {
  describePlan,
  kubernetesUrl,
  makePlan,
  writeEngineConfig,
  type StackPlan,
} from './plan.ts';
import { bmc, bmcFiles } from './servers/bmc.ts';
import { engineSpec } from './servers/engine.ts';
import { loopback, type PortName, type ServerName } from './servers/context.ts';
import {
  apiserver,
  caFile,
  controllerManager,
  etcd,
  kwok,
  scheduler,
} from './servers/kubernetes.ts';
import { nats } from './servers/nats.ts';
import { ensureNamespace, temporal } from './servers/temporal.ts';
import { temporalUi } from './servers/temporalUi.ts';
import { writeState } from './state/index.ts';
import { ensureBinaries, type ToolchainOptions } from './toolchain/index.ts';

export type StackOptions = ToolchainOptions & {
  /** Where the stack keeps its data; it resumes what it finds there. */
  readonly dataDir: string;
  /** Also start Temporal's web page, without its buttons that change anything. */
  readonly temporalUi?: boolean;
  /** Start the BMC simulator; true unless said otherwise. */
  readonly bmc?: boolean;
  /** Keep every write through a loss of power; a local stack does without. */
  readonly fsync?: boolean;
  /** Ports that must be these; all others are free ones, the same as last time where possible. */
  readonly ports?: Partial<Record<PortName, number>>;
  /** Use this hub instead of an own nats-server. */
  readonly natsUrl?: string;
  /** The mode and the policies (a file or folder) in the configuration written for the engine. */
  readonly mode?: Mode;
  readonly policies?: string;
  /** A receiver of tickets beside the file `tickets.jsonl`, and the file with the key that signs for it. */
  readonly ticketWebhook?: { readonly url: string; readonly secretFile: string };
};

const startAttempts = 3;
const okLimit = 300;

/** The servers, and Slipway's engine beside them. */
export type ProcessName = ServerName | 'engine';

type Children = Partial<Record<ProcessName, Child<ProcessName>>>;

/** The real servers of one local cluster as child processes. */
export class Stack {
  /** Resolves at the first server that ends without having been asked to. */
  readonly onDeath: Promise<Death>;
  readonly hardware: HardwareControl;
  readonly #plan: StackPlan;
  readonly #home: DataDir;
  readonly #stackId: string;
  readonly #startedAt = new Date().toISOString();
  readonly #children: Children;
  readonly #apis = new Map<UserKey, KubeApi>();
  #reportDeath: (death: Death) => void = () => {};
  #ca = '';
  #saved = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #isReady = false;
  #isStopping = false;

  constructor(home: DataDir, plan: StackPlan) {
    const children = specsOf(plan).map(
      (spec) => [spec.name, new Child<ProcessName>(spec)] as const,
    );
    this.#home = home;
    this.#plan = plan;
    this.#stackId = home.previous?.stackId ?? randomBytes(6).toString('hex');
    this.#children = Object.fromEntries(children);
    const url = `http://${loopback}:${plan.context.ports.bmc}`;
    this.hardware = hardwareControl(url, bmcFiles(home.path));
    this.onDeath = new Promise((resolve) => {
      this.#reportDeath = (death) => void this.#explain(death).then(resolve);
    });
    for (const [, child] of children) void child.died.then((death) => this.#reportDeath(death));
  }

  get dataDir(): string {
    return this.#home.path;
  }

  /** Where everything listens; also in `state.json` of the data folder. */
  get state(): StackState {
    const children = Object.values(this.#children).flatMap(({ name, pid, spec }) =>
      pid === undefined ? [] : [{ name, pid, logFile: spec.logFile }],
    );
    return {
      ...describePlan(this.#plan),
      stackId: this.#stackId,
      startedAt: this.#startedAt,
      ready: this.#isReady,
      children,
    };
  }

  /** One of the servers, to kill, pause, resume or restart it. */
  child(name: ProcessName): Child<ProcessName> {
    const child = this.#children[name];
    if (!child) throw new Error(`this stack has no ${name}`);
    return child;
  }

  /** Starts Slipway's engine against this stack as a process of its own, and waits until it is ready. */
  async startEngine(mode: Mode): Promise<void> {
    const spec = engineSpec(this.dataDir, this.state.engineConfig, mode);
    const child = new Child<ProcessName>(spec);
    this.#children.engine = child;
    void child.died.then((death) => this.#reportDeath(death));
    await this.#launch('engine');
    await this.#saveState();
  }

  /** A client of the API server as one of its users. */
  api(user: UserKey = 'admin'): KubeApi {
    const known = this.#apis.get(user);
    if (known) return known;
    const { context, tokens } = this.#plan;
    const api = kubeApi(kubernetesUrl(context.ports), this.#ca, tokens[user]);
    this.#apis.set(user, api);
    return api;
  }

  /** Registers machines `from` (0 by default) and following as ready Nodes, each with a BMC. */
  async createNodes(
    count: number,
    options: NodeOptions & { from?: number } = {},
  ): Promise<NodeSpec[]> {
    const range = { from: options.from ?? 0, count };
    const nodes = await createNodes(this.api('machine'), this.#stackId, range, options);
    if (this.#children.bmc) {
      await this.hardware.add(nodes.map(({ name, uuid }) => ({ id: name, node: name, uuid })));
    }
    return nodes;
  }

  /** Creates a Deployment; see `createDeployment`. */
  createDeployment(name: string, replicas: number, options?: DeploymentOptions): Promise<void> {
    return createDeployment(this.api(), name, replicas, options);
  }

  /** The Node as it is now, or undefined when there is none. */
  async node(name: string): Promise<ObservedNode | undefined> {
    return parseObservedNode((await this.api().get(`/api/v1/nodes/${name}`)).body);
  }

  /** Writes a condition into a Node's status, as something on that machine would. */
  setCondition(node: string, report: ConditionReport): Promise<void> {
    return setCondition(this.api('machine'), node, report);
  }

  /** Starts all servers and waits until each is ready. */
  async start(): Promise<void> {
    await writeEngineConfig(this.#plan);
    await Promise.all([
      this.#launch('nats'),
      this.#startTemporal(),
      this.#launch('bmc'),
      this.#launch('etcd'),
      this.#startCluster(),
    ]);
    this.#isReady = true;
    await this.#saveState();
  }

  /** Ends all servers, those first that need others, and frees the data folder; a second call waits for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    const { engine, etcd: store, 'kube-apiserver': api, ...others } = this.#children;
    const { nats: hub, temporal: workflows, 'temporal-ui': ui, ...watchers } = others;
    await engine?.stop();
    const endCluster = async () => {
      await Promise.all(Object.values(watchers).map((child) => child.stop()));
      await api?.stop();
      await store?.stop();
    };
    await Promise.all([endCluster(), hub?.stop(), workflows?.stop(), ui?.stop()]);
    for (const client of this.#apis.values()) client.close();
    this.#isReady = false;
    await this.#saveState().catch(() => {});
    this.#home.lock.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #launch(name: ProcessName): Promise<void> {
    const child = this.#children[name];
    if (!child || this.#isStopping) return;
    await child.start(() => this.#saveState());
  }

  async #startTemporal(): Promise<void> {
    await this.#launch('temporal');
    await ensureNamespace(this.#plan.context);
    await this.#launch('temporal-ui');
  }

  async #startCluster(): Promise<void> {
    await this.#launch('kube-apiserver');
    this.#ca = await readFile(caFile(this.dataDir), 'utf8');
    await Promise.all([
      this.#grantAccess(),
      this.#launch('kube-controller-manager'),
      this.#launch('kube-scheduler'),
      this.#launch('kwok'),
    ]);
  }

  async #grantAccess(): Promise<void> {
    for (const { path, body } of accessObjects) {
      const answer = await this.api().apply(path, body);
      if (answer.status < okLimit) continue;
      throw new StackFailure(`The API server refused ${path}: ${JSON.stringify(answer.body)}.`);
    }
  }

  /** One write after another, each with what is true when it begins. */
  #saveState(): Promise<void> {
    const write = () => writeState(this.dataDir, this.state);
    this.#saved = this.#saved.then(write, write);
    return this.#saved;
  }

  async #explain(death: Death): Promise<Death> {
    const sentence = await fullDiskSentence(this.dataDir);
    return sentence === undefined ? death : { ...death, sentence: `${death.sentence} ${sentence}` };
  }
}

/**
 * Starts the local stack and returns once every server is ready. Throws a StackFailure, whose message is one sentence
 * for the user, when that is impossible; then nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === startAttempts || !isLostRace(error)) throw error;
    }
  }
}

/** Starts once; whatever fails, no process is left. */
async function startOnce(options: StackOptions): Promise<Stack> {
  const home = await openDataDir(options.dataDir);
  let stack: Stack | undefined;
  try {
    stack = new Stack(home, await planOf(home, options));
    await stack.start();
    return stack;
  } catch (error) {
    if (stack) await stack.stop();
    else home.lock.release();
    const disk = await fullDiskSentence(home.path);
    throw disk === undefined ? error : new StackFailure(disk);
  }
}

function specsOf({ context, options }: StackPlan): ChildSpec<ServerName>[] {
  return [
    ...(options.natsUrl === undefined ? [nats(context)] : []),
    etcd(context),
    apiserver(context),
    controllerManager(context),
    scheduler(context),
    kwok(context),
    temporal(context),
    ...(options.temporalUi ? [temporalUi(context)] : []),
    ...(options.bmc ? [bmc(context)] : []),
  ];
}

async function planOf(home: DataDir, options: StackOptions): Promise<StackPlan> {
  const binaries = await ensureBinaries(options);
  const wishes = { given: options.ports ?? {}, previous: home.previous?.ports ?? {} };
  return makePlan(home.path, binaries, wishes, {
    temporalUi: options.temporalUi ?? false,
    bmc: options.bmc ?? true,
    fsync: options.fsync ?? false,
    natsUrl: options.natsUrl,
    mode: options.mode ?? 'observe',
    policies: options.policies,
    ticketWebhook: options.ticketWebhook,
  });
}

/** A port that was free a moment ago may be taken when its server starts. */
function isLostRace(error: unknown): boolean {
  return error instanceof StackFailure && error.isPortTaken;
}
