/** Resets a machine through its BMC: at most one reset per call, and only of the machine that the Node runs on. */
import { canProve } from '../../domain/machine/identity.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';
import { bmcFinder, type Bmc, type FindBmc } from '../bmc.ts';
import { retryAfterOf, type HttpAnswer, type HttpLimits } from '../http.ts';
import type { Driver, Fitness, NotTried, RungRequest, RungResult } from '../port.ts';
import { chooseReset } from './resetType.ts';
import { readMachine } from './system.ts';
import { talkTo, toldIn, type Talk } from './talk.ts';

export type RedfishOptions = {
  /** Read anew for each call, so that a changed inventory or password needs no restart. */
  readonly inventoryFile: string;
  readonly clock: () => EpochMs;
  /** Hears of credentials files that others may read. */
  readonly onWarning: (warning: string) => void;
};

export function createRedfishDriver(options: RedfishOptions): Driver {
  const world: DriverWorld = {
    clock: options.clock,
    find: bmcFinder(options),
    sessionOnly: new Set(),
  };
  return {
    name: 'redfish',
    preflight: (request, how) => preflight(world, request, how),
    run: (request, signal) => run(world, request, signal),
  };
}

type DriverWorld = {
  readonly clock: () => EpochMs;
  readonly find: FindBmc;
  /** BMCs that were seen to take no basic authentication. */
  readonly sessionOnly: Set<string>;
};

type Rejected = {
  readonly result: 'rejected';
  readonly detail: string;
  readonly code?: ReasonCode;
};

/** A reset that may be sent, or why not: `refused` will be again, `unavailable` may work later. */
type ResetPlan =
  | { readonly kind: 'ready'; readonly target: URL; readonly type: string; readonly label: string }
  | {
      readonly kind: 'refused';
      readonly why: string;
      readonly code?: ReasonCode;
      readonly thisRungOnly?: true;
    }
  | { readonly kind: 'unavailable'; readonly why: string; readonly retryAfterMs?: number };

async function preflight(
  world: DriverWorld,
  request: RungRequest,
  { signal, asIs }: Parameters<Driver['preflight']>[1],
): Promise<Fitness> {
  if (asIs) return asItIs(world, request);
  return planned(world, request, signal, (_talk, plan) => Promise.resolve(fitnessOf(plan)));
}

async function asItIs({ find }: DriverWorld, { node, sharers }: RungRequest): Promise<Fitness> {
  const bmc = await find(node.name);
  if (!bmc.ok) return rejected(bmc.why, bmc.code);
  const proof = canProve(node, sharers);
  return proof.ok ? { result: 'ready' } : rejected(proof.why, 'wrong-machine');
}

async function run(
  world: DriverWorld,
  request: RungRequest,
  signal: AbortSignal,
): Promise<RungResult> {
  return planned(world, request, signal, async (talk, plan) => {
    if (plan.kind !== 'ready') return withoutAct(plan);
    const answer = await talk.post(plan.target, JSON.stringify({ ResetType: plan.type }));
    return judge(answer, plan.label, world.clock());
  });
}

/** What both have in common, so that a preflight fails for the same reasons as a rung. */
async function planned<T>(
  world: DriverWorld,
  request: RungRequest,
  signal: AbortSignal,
  then: (talk: Talk, plan: ResetPlan) => Promise<T>,
): Promise<T | Rejected> {
  const limits: HttpLimits = { deadlineAt: request.deadlineAt, clock: world.clock, signal };
  const bmc = await world.find(request.node.name);
  if (!bmc.ok) return rejected(bmc.why, bmc.code);
  return talkTo(bmc.value, limits, world.sessionOnly, async (talk) =>
    then(talk, await planReset(talk, bmc.value, request)),
  );
}

function fitnessOf(plan: ResetPlan): Fitness {
  if (plan.kind === 'ready') return { result: 'ready' };
  if (plan.kind === 'unavailable') return notTried(plan.why, plan.retryAfterMs);
  return { ...rejected(plan.why, plan.code), ...(plan.thisRungOnly && { thisRungOnly: true }) };
}

/** Reads the machine and decides; nothing is sent that could act. */
async function planReset(talk: Talk, bmc: Bmc, request: RungRequest): Promise<ResetPlan> {
  const machine = await readMachine(talk, bmc, request);
  if (machine.kind !== 'known') return machine;
  const { power, resetTypes, resetTarget = '' } = machine.system;
  const choice = chooseReset(request.rung.action, { power, resetTypes });
  if (choice.kind === 'later') return { kind: 'unavailable', why: choice.why };
  if (choice.kind === 'refuse') return { kind: 'refused', why: choice.why, thisRungOnly: true };
  if (resetTarget === '') return { kind: 'refused', why: 'the BMC offers no reset of this system' };
  const target = talk.within(resetTarget);
  const elsewhere = `the BMC has resets sent to ${resetTarget.slice(0, 200)}, which is not this BMC`;
  if (!target) return { kind: 'refused', why: elsewhere };
  const { type, instead } = choice;
  return { kind: 'ready', target, type, label: instead ?? type };
}

function withoutAct(plan: Exclude<ResetPlan, { readonly kind: 'ready' }>): RungResult {
  if (plan.kind === 'refused') return rejected(plan.why, plan.code);
  return notTried(plan.why, plan.retryAfterMs);
}

const temporarily = [307, 308];
const tooMany = 429;

/**
 * Only what the BMC surely refused is `rejected`: a client's mistake, or the word to ask elsewhere, which no act
 * follows. A 5xx says nothing sure, 503 included: proxies before a BMC send it for answers that came too late.
 */
function judge(answer: HttpAnswer, label: string, now: EpochMs): RungResult {
  if (answer.kind === 'not-sent') return notTried(`${label}: not sent, ${answer.why}`);
  if (answer.kind === 'lost') return unknown(`${label}: sent, ${answer.why}`);
  const { status, headers, body } = answer;
  const detail = `${label}: the BMC answered ${status}${toldIn(body)}`;
  if (status >= 200 && status < 300) return { result: 'done', detail };
  if (status === tooMany) return notTried(detail, retryAfterOf(headers, now));
  const isNo = (status >= 400 && status < 500) || temporarily.includes(status);
  return isNo ? rejected(detail) : unknown(detail);
}

function rejected(detail: string, code?: ReasonCode): Rejected {
  return { result: 'rejected', detail, ...(code && { code }) };
}

function notTried(detail: string, retryAfterMs?: number): NotTried {
  return { result: 'not-tried', detail, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function unknown(detail: string): RungResult {
  return { result: 'unknown', detail };
}
