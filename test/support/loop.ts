/** The whole loop for one test file: a stack with nodes and policies, the engine as a process, and its journal as it is written. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import type { NodeFacts } from '../../domain/node.ts';
import type { Ticket } from '../../domain/notices/types.ts';
import type { Arrival, JournalEntry, RepairState, Unstamped } from '../../domain/repair/types.ts';
import type { Mode, Outcome, Phase } from '../../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';
import { startStack } from '../../embedded/index.ts';
import type { Stack, StackOptions } from '../../embedded/index.ts';
import { readBmcCalls, readWrites } from '../../embedded/oracle/index.ts';
import type { ApiWrite } from '../../embedded/oracle/index.ts';
import { waitFor } from '../../embedded/waitFor.ts';
import { ensureStreams } from '../../event-hub/index.ts';
import type { Hub } from '../../event-hub/index.ts';
import { asRepairEntry, parseJournalLine } from '../../schemas/wire/journalLine.ts';
import type { JournalLine } from '../../schemas/wire/journalLine.ts';
import type { BmcCall } from '../../schemas/local/hardware.ts';
import { connectTemporal, queryState, say } from '../../temporal/index.ts';
import type { Temporal } from '../../temporal/index.ts';
import { startHttpProxy } from './httpProxy.ts';
import type { Fault, HttpProxy, Seen } from './httpProxy.ts';
import { openHub } from './hub.ts';
import { redirect } from './kube.ts';
import { slipway } from './process.ts';
import type { Command } from './process.ts';
import { makeTestDir } from './stack.ts';

export type PolicySpec = {
  readonly name: string;
  readonly checks: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly soak?: string;
  readonly holdDown?: string;
  readonly guard?: Readonly<Record<string, unknown>>;
  readonly touch?: Readonly<Record<string, boolean>>;
  readonly migration?: Readonly<Record<string, string>>;
  readonly relapse?: Readonly<Record<string, string | number>>;
  readonly ladder?: readonly unknown[];
};

function rung(name: string, action: string) {
  return {
    name,
    driver: 'redfish',
    action,
    callTimeout: '5s',
    bootWindow: '5s',
    verification: { timeout: '8s', soak: '1s' },
  };
}

export const reboot = rung('reboot', 'GracefulRestart');
export const powerCycle = rung('power-cycle', 'PowerCycle');

/** JSON is YAML: the documents of a policy file, with seconds in place of minutes and room for every node. */
export function policyFile(policies: readonly PolicySpec[]): string {
  return policies
    .map(({ name, ...spec }) =>
      JSON.stringify({
        apiVersion: 'slipway.dev/v1',
        kind: 'RepairPolicy',
        metadata: { name },
        spec: {
          holdDown: '0s',
          soak: '1s',
          guard: { maxUnavailablePercent: 100, maxUnavailableNodes: 100 },
          migration: { timeout: '60s' },
          ladder: [reboot, powerCycle],
          ...spec,
        },
      }),
    )
    .join('\n---\n');
}

export type LoopOptions = Partial<StackOptions> & {
  readonly policies: string;
  readonly nodes: number;
  /** Left out, the engine is started as a user would who never heard of modes. */
  readonly mode?: Mode;
  /** Machines boot within a second unless the test says otherwise. */
  readonly bootMs?: readonly [number, number];
  /** The engine reaches the API server through a proxy that can fail; see `Mischief`. */
  readonly proxied?: true;
  /** What the engine's configuration says besides. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Another stack's Temporal, which the engine uses in place of its own stack's. */
  readonly temporalOf?: Stack;
};

export type End = {
  readonly repairId: string;
  readonly outcome: Outcome;
  readonly reason: ReasonCode;
  readonly at: number;
};

/** How long a whole repair may take on a machine that is busy with other tests. */
const repairWithinMs = 60_000;

type Rule = (seen: Seen) => Fault | undefined;

/** Rules for what befalls the engine's requests, any number at a time. */
export class Mischief {
  readonly #proxy: HttpProxy;
  readonly #rules = new Set<Rule>();

  private constructor(proxy: HttpProxy) {
    this.#proxy = proxy;
    proxy.befall((seen) => {
      for (const rule of this.#rules) {
        const fault = rule(seen);
        if (fault) return fault;
      }
      return undefined;
    });
  }

  /** Rewrites the engine's configuration, so it must come before the engine's start. */
  static async between(stack: Stack): Promise<Mischief> {
    const { kubernetes } = stack.state;
    const proxy = await startHttpProxy(kubernetes.url, await readFile(kubernetes.caFile, 'utf8'));
    await configure(stack, {
      kubernetes: {
        observerKubeconfig: await redirect(stack, 'observer', proxy.url),
        actorKubeconfig: await redirect(stack, 'actor', proxy.url),
      },
    });
    return new Mischief(proxy);
  }

  /** The rule holds until the answer is called. */
  begin(rule: Rule): () => void {
    this.#rules.add(rule);
    return () => void this.#rules.delete(rule);
  }

  /** Nodes can be read one by one, and neither listed nor watched. */
  cutNodeWatch(): () => void {
    const end = this.begin(({ url }) =>
      url.pathname === '/api/v1/nodes' ? { kind: 'reset' } : undefined,
    );
    this.#proxy.reset();
    return end;
  }

  /** Watches of pods are opened and say nothing; lists answer. */
  silencePodWatch(): () => void {
    return this.#silence('/api/v1/pods');
  }

  /** The same of nodes. */
  silenceNodeWatch(): () => void {
    return this.#silence('/api/v1/nodes');
  }

  #silence(path: string): () => void {
    const end = this.begin(({ url }) =>
      url.pathname === path && url.searchParams.has('watch') ? { kind: 'stall' } : undefined,
    );
    this.#proxy.reset();
    return () => {
      end();
      // The silent watch would stay open for as long as a watch may say nothing.
      this.#proxy.reset();
    };
  }

  close(): Promise<void> {
    return this.#proxy.close();
  }
}

/** The API server is busy whenever the engine patches an object with this path. */
export function refusesPatch(path: string): Rule {
  return ({ method, url }) =>
    method === 'PATCH' && url.pathname.startsWith(path)
      ? { kind: 'answer', status: 503, body: { kind: 'Status', code: 503, message: 'busy' } }
      : undefined;
}

/** The API server is busy whenever the engine asks for the pods of this node. */
export function refusesPodList(node: string): Rule {
  return ({ url }) =>
    url.searchParams.get('fieldSelector') === `spec.nodeName=${node}`
      ? { kind: 'answer', status: 503, body: { kind: 'Status', code: 503, message: 'busy' } }
      : undefined;
}

export class Loop {
  readonly stack: Stack;
  readonly cluster: string;
  readonly hub: Hub;
  readonly temporal: Temporal;
  readonly #names: string[];
  readonly #mischief: Mischief | undefined;
  #engine: Command | undefined;
  readonly #lines: JournalLine[] = [];
  readonly #seen = new Set<string>();

  private constructor(
    stack: Stack,
    of: {
      readonly cluster: string;
      readonly hub: Hub;
      readonly temporal: Temporal;
      readonly names: readonly string[];
      readonly mischief: Mischief | undefined;
    },
  ) {
    this.stack = stack;
    this.cluster = of.cluster;
    this.hub = of.hub;
    this.temporal = of.temporal;
    this.#names = [...of.names];
    this.#mischief = of.mischief;
    void this.#follow();
  }

  static async start(dataDir: string, options: LoopOptions): Promise<Loop> {
    const {
      policies,
      nodes,
      mode,
      bootMs = [500, 1_000],
      proxied,
      temporalOf,
      config = {},
      ...stackOptions
    } = options;
    const file = join(dataDir, 'policies.yaml');
    await writeFile(file, policies);
    const stack = await startStack({
      dataDir,
      policies: file,
      ...stackOptions,
      ...(mode && { mode }),
    });
    const machines = await stack.createNodes(nodes);
    if (stack.state.bmc) await stack.hardware.behave('*', { bootMs: [...bootMs] });
    const hub = await openHub(stack.state.natsUrl, 'e2e');
    await ensureStreams(hub);
    const temporal = await connectTemporal((temporalOf ?? stack).state.temporal);
    if ('kind' in temporal) throw new Error(temporal.why);
    const cluster = await clusterId(stack);
    const names = machines.map(({ name }) => name);
    await configure(stack, {
      ...config,
      ...(temporalOf && { temporal: temporalOf.state.temporal }),
    });
    const mischief = proxied && (await Mischief.between(stack));
    const loop = new Loop(stack, { cluster, hub, temporal, names, mischief });
    if (mode) await stack.startEngine(mode);
    else await loop.#startWithoutMode();
    return loop;
  }

  async #startWithoutMode(): Promise<void> {
    const { engineConfig } = this.stack.state;
    const { mode: _, ...config } = JSON.parse(await readFile(engineConfig, 'utf8')) as {
      mode: string;
    };
    await writeFile(engineConfig, JSON.stringify(config));
    const engine = slipway('engine', '--config', engineConfig);
    this.#engine = engine;
    await this.until(
      'the engine is ready',
      () => engine.output().includes('engine ready') || undefined,
    );
  }

  async stop(): Promise<void> {
    this.#engine?.process.kill('SIGTERM');
    await this.#engine?.exitCode;
    await this.temporal.close();
    await this.hub.close();
    await this.stack.stop();
    await this.#mischief?.close();
  }

  /** What stands between the engine and the API server. */
  get mischief(): Mischief {
    if (!this.#mischief) throw new Error('this file did not ask for a proxy');
    return this.#mischief;
  }

  /** A node that no other case of the file has. */
  takeNode(): string {
    const name = this.#names.shift();
    if (name === undefined) throw new Error('this file needs more nodes');
    return name;
  }

  fail(node: string, check = 'KernelDeadlock'): Promise<void> {
    return this.stack.setCondition(node, { type: check, status: 'True' });
  }

  heal(node: string, check = 'KernelDeadlock'): Promise<void> {
    return this.stack.setCondition(node, { type: check, status: 'False' });
  }

  /** What JOURNAL took about a node since the engine started, the first of each (repair, sequence). */
  lines(node: string): readonly JournalLine[] {
    return this.#lines.filter((line) => line.node === node);
  }

  entries(node: string): readonly JournalEntry[] {
    return this.lines(node).flatMap((line) => asRepairEntry(line) ?? []);
  }

  /** The ends of all repairs of a node so far. */
  ends(node: string): readonly End[] {
    return this.entries(node).flatMap(({ repairId, events }) =>
      events.flatMap((event) =>
        event.kind === 'closed'
          ? [{ repairId, outcome: event.outcome, reason: event.reason, at: event.at }]
          : [],
      ),
    );
  }

  /** The nth end of a repair of this node, the first unless said otherwise. */
  ended(node: string, nth = 1): Promise<End> {
    return this.until(`repair ${nth} of ${node} has ended`, () => this.ends(node)[nth - 1], node);
  }

  /** The journal says that dispatch left the node alone for this reason. */
  ignored(node: string, reason: ReasonCode): Promise<unknown> {
    const isIt = (line: JournalLine): boolean =>
      line.command.kind === 'ignore' && line.reason === reason;
    return this.until(
      `${node} is ignored as ${reason}`,
      () => this.lines(node).find(isIt) ?? undefined,
      node,
    );
  }

  /** The repair's own state, asked until it is as wanted. */
  async state(node: string, matches: (state: RepairState) => boolean): Promise<RepairState> {
    return this.until(
      `the repair of ${node} is as wanted: ${String(matches)}`,
      async () => {
        const state = await this.peek(node);
        return state && matches(state) ? state : undefined;
      },
      node,
    );
  }

  /** The same, asked once; undefined when no repair of this node answers. */
  async peek(node: string): Promise<RepairState | undefined> {
    const answer = await queryState(this.temporal, { cluster: this.cluster, node });
    return answer.kind === 'state' ? answer.state : undefined;
  }

  inPhase(node: string, phase: Phase): Promise<RepairState> {
    return this.state(node, (state) => state.phase === phase);
  }

  /** Waits for a condition; its absence fails the test with the node's journal. */
  async until<T>(
    what: string,
    ask: () => Promise<T | undefined> | T | undefined,
    node?: string,
  ): Promise<T> {
    const found = await waitFor(ask, { deadlineMs: repairWithinMs, everyMs: 50 });
    if (found !== undefined) return found;
    const story = node === undefined ? '' : `\n${this.#story(node)}`;
    throw new Error(`not within ${repairWithinMs} ms: ${what}${story}`);
  }

  /** Says something to the running repair of a node, as the command line does. Answers when. */
  async say(node: string, arrival: Unstamped<Arrival>): Promise<number> {
    const { repairId } = await this.state(node, () => true);
    const at = Date.now();
    const said = await say(this.temporal, { cluster: this.cluster, node }, { repairId, arrival });
    if (said.kind !== 'said') throw new Error(`nobody heard it on ${node}`);
    return at;
  }

  cancel(node: string): Promise<number> {
    const by = { name: 'alice', reason: 'the test says so' };
    return this.say(node, { kind: 'cancelRequested', by, requestId: `cancel-${node}` });
  }

  writes(): Promise<ApiWrite[]> {
    return readWrites(this.stack.state.kubernetes.auditLog);
  }

  calls(): Promise<BmcCall[]> {
    return readBmcCalls(this.stack.state.bmc?.callLog ?? '');
  }

  /** The tickets that were written about a node. */
  async tickets(node: string): Promise<readonly Ticket[]> {
    const file = join(this.stack.dataDir, 'tickets.jsonl');
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    const tickets = lines.map((line) => JSON.parse(line) as Ticket);
    return tickets.filter((one) => one.node === node);
  }

  /** The ticket of the nth hand-over of this node, the first unless said otherwise. */
  ticket(node: string, nth = 1): Promise<Ticket> {
    return this.until(
      `ticket ${nth} of ${node} is written`,
      async () => (await this.tickets(node))[nth - 1],
      node,
    );
  }

  /** A person's `kubectl cordon` or `uncordon`, with kubectl's own patch and field manager. */
  async cordon(node: string, unschedulable: boolean): Promise<void> {
    const path = `/api/v1/nodes/${node}?fieldManager=kubectl-cordon`;
    await this.#asAlice(path, { spec: { unschedulable: unschedulable || null } });
  }

  /** Reboots a machine as its owner would; resolves when its kubelet is back. */
  async rebootByHand(node: string): Promise<void> {
    const before = await this.stack.node(node);
    await this.stack.hardware.reboot(node);
    await this.until(`${node} is back in another boot`, async () => {
      const after = await this.stack.node(node);
      const isReady = after?.status.conditions.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      );
      const isOther = after?.status.nodeInfo?.bootID !== before?.status.nodeInfo?.bootID;
      return (isReady && isOther) || undefined;
    });
  }

  async annotate(node: string, annotations: Record<string, string | null>): Promise<void> {
    await this.#asAlice(`/api/v1/nodes/${node}`, { metadata: { annotations } });
  }

  async pause(annotation: string | null): Promise<void> {
    const annotations = { 'slipway.dev/pause': annotation };
    await this.#asAlice('/api/v1/namespaces/kube-system', { metadata: { annotations } });
  }

  async #asAlice(path: string, patch: unknown): Promise<void> {
    const answer = await this.stack.api('alice').merge(path, patch);
    if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  }

  /** A plain subscription hears what streams take; stored twice is told twice. */
  async #follow(): Promise<void> {
    for await (const message of this.hub.connection.subscribe(`journal.${this.cluster}.>`)) {
      const line = parseJournalLine(new TextDecoder().decode(message.data));
      if (!line.ok) continue;
      const { repairId, sequence } = line.value;
      const key = repairId === undefined ? undefined : `${repairId}/${sequence}`;
      if (key !== undefined && this.#seen.has(key)) continue;
      if (key !== undefined) this.#seen.add(key);
      this.#lines.push(line.value);
    }
  }

  #story(node: string): string {
    return this.lines(node)
      .map(({ at, command, reason, events }) => {
        const happened = events.map((event) => JSON.stringify(event)).join(' ');
        return `${new Date(at).toISOString()} ${JSON.stringify(command)} ${reason ?? ''} -> ${happened}`;
      })
      .join('\n');
  }
}

/** Changes what the engine will be told at its next start. */
export async function configure(
  { state: { engineConfig } }: Stack,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const config = JSON.parse(await readFile(engineConfig, 'utf8')) as Record<string, unknown>;
  await writeFile(engineConfig, JSON.stringify({ ...config, ...changes }));
}

async function clusterId(stack: Stack): Promise<string> {
  const { body } = await stack.api().get('/api/v1/namespaces/kube-system');
  return (body as { metadata: { uid: string } }).metadata.uid;
}

/** Starts the loop for the test file that calls this and ends it after the last test. */
export function useLoop(options: LoopOptions): () => Loop {
  let loop: Loop | undefined;
  let dataDir = '';
  vi.setConfig({ testTimeout: 2 * repairWithinMs });
  beforeAll(async () => {
    dataDir = await makeTestDir();
    loop = await Loop.start(dataDir, options);
  });
  afterAll(async () => {
    await loop?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  return () => {
    if (!loop) throw new Error('the loop of this test file did not start');
    return loop;
  };
}

export type NodeView = Pick<NodeFacts, 'name' | 'unschedulable' | 'marks'>;

/** The node as it is now: whether it is cordoned, and Slipway's marks on it. */
export async function viewNode(loop: Loop, name: string): Promise<NodeView> {
  const { body } = await loop.stack.api().get(`/api/v1/nodes/${name}`);
  const node = body as {
    spec: { unschedulable?: boolean };
    metadata: { annotations?: Record<string, string> };
  };
  const marks = Object.fromEntries(
    Object.entries(node.metadata.annotations ?? {}).filter(([key]) =>
      key.startsWith('slipway.dev/'),
    ),
  );
  return { name, unschedulable: node.spec.unschedulable === true, marks };
}
