/** Lets the five stories happen, shows them while they do, and judges them from the logs. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { pause } from '../std/pause.ts';
import type { RepairState } from '../domain/repair/types.ts';
import { queryState, say } from '../temporal/index.ts';
import { judgeNotice, type HandOver, type NoticeVerdict } from './notice.ts';
import { faultyCheck, handedOverScenario } from './scenarios.ts';
import { readEvidence, readNotices, type Cast, type Stage } from './stage.ts';
import { judge, type ScenarioVerdict } from './verdict.ts';

/** One story as it stands: what the logs prove, and what the running repair says of itself, for the screen alone. */
export type Scene = Cast & {
  readonly verdict: ScenarioVerdict;
  readonly state: RepairState | undefined;
  /** Since the fault: by the logs once it ended, by this process's clock until then. */
  readonly elapsedSeconds: number;
};

export type PlayOptions = {
  readonly onScenes: (scenes: readonly Scene[]) => void;
  /** Ends the play early: a person's Ctrl-C, or a server that died. */
  readonly signal: AbortSignal;
};

const lookEveryMs = 400;
const longestMs = 50_000;
/** A repair that cannot be asked at once is shown without its words. */
const askWithinMs = 1_000;
/** Long enough for a person to see what the budget holds. */
const interveneAfterMs = 2_500;
/** After the last end nothing more may happen. */
const quietMs = 1_000;

/** How the stories and the call for a person ended. */
export type Played = { readonly scenes: readonly Scene[]; readonly notice: NoticeVerdict };

/** Breaks the five machines at once and returns everything as the logs show it at the end. */
export async function play(stage: Stage, options: PlayOptions): Promise<Played> {
  await Promise.all(stage.cast.map((cast) => breakDown(stage, cast)));
  const startedAt = performance.now();
  const deadline = startedAt + longestMs;
  const blockedSince = new Map<string, number>();
  let played = await look(stage, startedAt);
  while (!options.signal.aborted && performance.now() < deadline && isUnfinished(played)) {
    options.onScenes(played.scenes);
    await Promise.all(played.scenes.map((scene) => intervene(stage, scene, blockedSince)));
    await pause(lookEveryMs, options.signal);
    played = await look(stage, startedAt);
  }
  await pause(quietMs, options.signal);
  played = await look(stage, startedAt);
  options.onScenes(played.scenes);
  return played;
}

function isUnfinished({ scenes, notice }: Played): boolean {
  return scenes.some(isOpen) || !notice.delivered;
}

function isOpen({ verdict }: Scene): boolean {
  return verdict.outcome === 'open';
}

function breakDown({ stack }: Stage, { node }: Cast): Promise<void> {
  return stack.setCondition(node, {
    type: faultyCheck,
    status: 'True',
    reason: 'TaskHung',
    message: 'task kworker/u64:3 blocked for more than 120 seconds',
  });
}

async function look(stage: Stage, startedAt: number): Promise<Played> {
  const [evidence, notices, states] = await Promise.all([
    readEvidence(stage.stack),
    readNotices(stage),
    Promise.all(stage.cast.map(({ node }) => stateOf(stage, node))),
  ]);
  const sofarSeconds = (performance.now() - startedAt) / 1_000;
  const scenes = stage.cast.map((cast, index) => {
    const verdict = judge(cast.scenario, cast.node, evidence);
    const elapsedSeconds = verdict.outcome === 'open' ? sofarSeconds : verdict.seconds;
    return { ...cast, verdict, state: states[index], elapsedSeconds };
  });
  return { scenes, notice: judgeNotice(handOverIn(scenes), notices) };
}

function handOverIn(scenes: readonly Scene[]): HandOver {
  const beyond = scenes.find(({ scenario }) => scenario.name === handedOverScenario);
  const { node = '', verdict } = beyond ?? {};
  return { node, repairId: verdict?.repairId, atMs: verdict?.endedAtMs ?? 0 };
}

async function stateOf({ temporal, cluster }: Stage, node: string) {
  const late = delay(askWithinMs, undefined, { ref: false });
  const answer = await Promise.race([queryState(temporal, { cluster, node }), late]);
  return answer?.kind === 'state' ? answer.state : undefined;
}

/** What the world, or a person, does once the disruption budget is seen to hold the pods. */
async function intervene(
  stage: Stage,
  { scenario, node, verdict }: Scene,
  blockedSince: Map<string, number>,
): Promise<void> {
  if (scenario.name === handedOverScenario) mendWebhook(stage);
  if (scenario.onBlocked === undefined || verdict.refusedEvictions === 0) return;
  const since = blockedSince.get(node) ?? performance.now();
  blockedSince.set(node, since);
  if (performance.now() - since < interveneAfterMs) return;
  blockedSince.set(node, Number.POSITIVE_INFINITY);
  await (scenario.onBlocked === 'cancel'
    ? cancel(stage, node, verdict.repairId ?? '')
    : clearFault(stage, node));
}

/** Somebody mends the webhook once it was seen to fail. */
function mendWebhook({ receiver }: Stage): void {
  if (receiver.brokenOff() > 0) receiver.up();
}

function clearFault({ stack }: Stage, node: string): Promise<void> {
  return stack.setCondition(node, {
    type: faultyCheck,
    status: 'False',
    reason: 'KernelHasNoDeadlock',
    message: 'the task went on',
  });
}

async function cancel({ temporal, cluster }: Stage, node: string, repairId: string): Promise<void> {
  const by = { name: 'demo', reason: 'this node must not be touched today' };
  const arrival = { kind: 'cancelRequested', by, requestId: randomUUID() } as const;
  await say(temporal, { cluster, node }, { repairId, arrival });
}
