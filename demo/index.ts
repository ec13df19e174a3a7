/** `npm run demo`: one fault in each of five machines, and what becomes of them, judged by the logs alone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { untilAborted } from '../std/untilAborted.ts';
import { errorText } from '../std/errorText.ts';
import { StackFailure, type Stack } from '../embedded/index.ts';
import { play, type Played } from './play.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { scenarios } from './scenarios.ts';
import { createScreen, type Output, type DemoScreen } from './screen.ts';
import { nodeCount, setStage, startServers, type Stage } from './stage.ts';
import { summary } from './summary.ts';

export type DemoOptions = {
  /** End after the last story instead of keeping everything running. */
  readonly exit: boolean;
  readonly output: 'text' | 'json';
  /** Stop the BMC simulator first, so that no machine can be reset: shows that the demo can fail. */
  readonly withoutBmc: boolean;
};

export type DemoWorld = {
  /** What people read. */
  readonly screen: Output;
  /** What programs read: the last thing that is written. */
  readonly result: (text: string) => void;
  /** Raised by Ctrl-C. */
  readonly signal: AbortSignal;
};

/** Warm servers start within seconds. */
const startSettlesWithinMs = 10_000;

const exits = { done: 0, failed: 1, interrupted: 130 } as const;

/**
 * Runs the demo and answers with the exit code. No process is left, whatever happens, and no file, but for the logs
 * that a failure of the servers speaks of.
 */
export async function runDemo(options: DemoOptions, world: DemoWorld): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-demo-'));
  const lines = createScreen(world.screen);
  const receiver = await openReceiver(dataDir);
  const starting = startServers(dataDir, receiver, lines.line);
  let isKept = false;
  let played: Played | undefined;
  const onPlayed = (all: Played): void => {
    played = all;
  };
  try {
    const stack = await unlessRaised(world.signal, starting);
    if (!stack) return exits.interrupted;
    return await runOn(stack, options, { ...world, lines, receiver, onPlayed });
  } catch (error) {
    lines.line(errorText(error));
    lines.line(`The demo cannot go on. Its logs are kept in ${dataDir}/logs.`);
    isKept = true;
    return exits.failed;
  } finally {
    lines.line('Stopping everything.');
    await end(starting);
    await receiver.close();
    if (!isKept) await rm(dataDir, { recursive: true, force: true });
    if (options.output === 'json') world.result(resultOf(played));
  }
}

type StagedWorld = DemoWorld & {
  readonly lines: DemoScreen;
  readonly receiver: Receiver;
  readonly onPlayed: (played: Played) => void;
};

async function runOn(stack: Stack, options: DemoOptions, world: StagedWorld): Promise<number> {
  const { lines } = world;
  lines.line(`The servers are ready. Next: ${nodeCount} nodes, their Deployments, and the engine.`);
  const broken = watchServers(stack);
  const signal = AbortSignal.any([world.signal, broken.signal]);
  const setting = setStage(stack, world.receiver);
  const stage = await unlessRaised(signal, setting);
  if (!stage) return abandon(setting, broken.signal);
  try {
    lines.line(
      `${stage.pods} pods run on ${nodeCount} nodes. The demo's policy lets 5 of the nodes be out at the same time\n` +
        '(by default it is 10 %), because five machines break now:',
    );
    if (options.withoutBmc) await stack.child('bmc').stop();
    const played = await play(stage, { onScenes: lines.show, signal });
    world.onPlayed(played);
    return await finish(stage, played, { options, world, broken: broken.signal });
  } finally {
    await stage.temporal.close();
  }
}

/** Raised with a sentence when a server ends by itself. */
function watchServers(stack: Stack): AbortController {
  const broken = new AbortController();
  void stack.onDeath.then(({ sentence }) => broken.abort(sentence));
  return broken;
}

/** What the promise brings, or undefined once the signal is raised. */
async function unlessRaised<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, untilAborted(signal).then(() => undefined)]);
}

function abandon(setting: Promise<Stage>, broken: AbortSignal): number {
  setting.then(
    ({ temporal }) => temporal.close(),
    () => undefined,
  );
  if (!broken.aborted) return exits.interrupted;
  throw new StackFailure(String(broken.reason));
}

type DemoEnding = {
  readonly options: DemoOptions;
  readonly world: StagedWorld;
  readonly broken: AbortSignal;
};

async function finish(
  stage: Stage,
  played: Played,
  { options, world, broken }: DemoEnding,
): Promise<number> {
  const { lines, signal } = world;
  const ends = options.exit || signal.aborted || broken.aborted;
  for (const line of summary(stage, played, ends)) lines.line(line);
  if (broken.aborted) throw new StackFailure(String(broken.reason));
  if (signal.aborted) return exits.interrupted;
  if (!ends) await untilAborted(AbortSignal.any([signal, broken]));
  if (broken.aborted) throw new StackFailure(String(broken.reason));
  const verdicts = [...played.scenes.map(({ verdict }) => verdict), played.notice];
  const isRight = verdicts.every(({ problems }) => problems.length === 0);
  return isRight ? exits.done : exits.failed;
}

/** A start cannot be called off, so it is waited for; but a build may take minutes, and ends with this process. */
async function end(starting: Promise<Stack>): Promise<void> {
  const stack = await Promise.race([
    starting.catch(() => undefined),
    delay(startSettlesWithinMs, undefined, { ref: false }),
  ]);
  await stack?.stop();
}

/** Stories that were never played are open. */
function resultOf(played: Played | undefined): string {
  const rows = scenarios.map(({ name }) => {
    const verdict = played?.scenes.find(({ scenario }) => scenario.name === name)?.verdict;
    return { name, outcome: verdict?.outcome ?? 'open', seconds: verdict?.seconds ?? 0 };
  });
  const { delivered = false, refused = 0, seconds = 0 } = played?.notice ?? {};
  const notice = { name: 'told-once-its-webhook-was-up', delivered, refused, seconds };
  return `${JSON.stringify({ scenarios: rows, notice })}\n`;
}
