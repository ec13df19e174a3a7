/** `slipway up`: runs a local stack. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilAborted } from '../../std/untilAborted.ts';
import { StackFailure, startStack, type Stack } from '../../embedded/index.ts';
import type { Say } from '../io.ts';

export type UpOptions = {
  readonly dataDir: string;
  /** Start the engine too. */
  readonly engine: boolean;
  /** How many simulated machines there are at least. */
  readonly nodes: number;
  readonly binDir?: string;
  readonly uiPort?: number;
  /** A policy file, or a folder with some, for the engine; the demo's quick ones by default. */
  readonly policies?: string;
};

/** Simulated machines boot in seconds, and so may be looked after in seconds. */
const quickPolicies = fileURLToPath(new URL('../../examples/demo', import.meta.url));

const done = 0;
const failed = 1;

export type UpHooks = {
  readonly say: Say;
  /** Called once everything is ready. */
  readonly onReady: () => void;
  /** Raised when the user wants to stop. */
  readonly stop: AbortSignal;
};

/** `slipway up`: runs servers and engine until the user stops it or a server dies; answers with the exit code. */
export async function up(options: UpOptions, hooks: UpHooks): Promise<number> {
  try {
    const began = performance.now();
    const stack = await start(options, hooks);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    hooks.say(`The servers were ready after ${seconds} s.`);
    return await run(stack, options, hooks);
  } catch (error) {
    if (!(error instanceof StackFailure)) throw error;
    hooks.say(error.message);
    return failed;
  }
}

const interruptedCode = 130;

/** Whoever stops a start does not wait for it: what was started ends with this process. */
async function start(options: UpOptions, { say, stop }: UpHooks): Promise<Stack> {
  const abandon = () => {
    say('stopped while starting');
    process.exit(interruptedCode);
  };
  stop.addEventListener('abort', abandon);
  const stack = await startStack({
    dataDir: options.dataDir,
    binDir: options.binDir,
    temporalUi: true,
    mode: 'act',
    report: say,
    ...(options.uiPort !== undefined && { ports: { 'temporal-ui': options.uiPort } }),
    policies: options.policies === undefined ? quickPolicies : resolve(options.policies),
  });
  stop.removeEventListener('abort', abandon);
  return stack;
}

/** Runs a started stack until a server dies or `stop` is raised; the stack is ended in every case. */
async function run(
  stack: Stack,
  options: UpOptions,
  { say, onReady, stop }: UpHooks,
): Promise<number> {
  try {
    await populate(stack, options);
    for (const line of describe(stack, options)) say(line);
    onReady();
    const sentence = await untilEnd(stack, stop);
    if (sentence === undefined) return done;
    say(`${sentence} Everything else is stopped with it; start again with "slipway up".`);
    return failed;
  } finally {
    say('stopping');
    await stack.stop();
  }
}

async function populate(stack: Stack, options: UpOptions): Promise<void> {
  if (options.nodes > 0) await stack.createNodes(options.nodes);
  if (options.engine) await stack.startEngine('act');
}

function describe(stack: Stack, options: UpOptions): string[] {
  const { kubernetes, natsUrl, temporal } = stack.state;
  const files = kubernetes.kubeconfigs;
  return [
    `Kubernetes   ${kubernetes.url} with ${options.nodes} simulated nodes`,
    `             export KUBECONFIG=${files.alice}`,
    `Temporal     ${temporal.address}, namespace ${temporal.namespace}`,
    `Temporal UI  ${temporal.uiUrl ?? 'none'} (read-only)`,
    `NATS         ${natsUrl}`,
    `Engine       ${options.engine ? `acts by the policies in ${options.policies ?? quickPolicies}` : 'not started'}`,
    `Data         ${stack.dataDir}`,
  ];
}

/** Resolves with the sentence to end on, once a server died or the user asked to stop. */
async function untilEnd(stack: Stack, stop: AbortSignal): Promise<string | undefined> {
  return Promise.race([
    untilAborted(stop).then(() => undefined),
    stack.onDeath.then(({ sentence }) => sentence),
  ]);
}
