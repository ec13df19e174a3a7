/** How each event changes a repair. State is the fold of all events and of nothing else. */
import { withReport } from '../evidence.ts';
import type { Verdict } from '../fault.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { ReasonCode } from '../vocabulary/reasons.ts';
import { health } from './health.ts';
import { patienceMs, waitReasonOf } from './pods.ts';
import { measured } from './progress.ts';
import { workPhase } from './workPhase.ts';
import { lossReasons } from './types.ts';
import type {
  CheckReport,
  Command,
  Finding,
  LossReason,
  RepairEvent,
  RepairOpening,
  RepairState,
  Untried,
} from './types.ts';

const second = 1000;
const minute = 60 * second;

type BackOff = { readonly firstMs: number; readonly longestMs: number };

/** The ledger wakes its waiters, so asking again is only for a wake-up that was lost. */
const woken: BackOff = { firstMs: 5 * minute, longestMs: 5 * minute };
/** Nobody tells a repair that a pause has ended, and only those that hold a permit ask. */
const unpaused: BackOff = { firstMs: 10 * second, longestMs: minute };
/** Budgets and neighbours change by themselves within seconds, or stay as they are for hours. */
const soon: BackOff = { firstMs: 5 * second, longestMs: 2 * minute };
/** A machine that cannot be asked is asked again at most this much later. */
const unasked: BackOff = { firstMs: 5 * second, longestMs: minute };

const noPods: RepairState['pods'] = {
  tagged: false,
  moved: false,
  left: 0,
  blockers: [],
  passes: 0,
  askAgainAt: 0,
  staying: [],
  latecomers: [],
};

/** The state after these events, from the opening on. */
export function fold(opening: RepairOpening, events: readonly RepairEvent[]): RepairState {
  return events.reduce(evolve, initialState(opening));
}

/** A closed repair stays as it is, whatever still reaches it. */
export function evolve(state: RepairState, event: RepairEvent): RepairState {
  if (state.phase === 'closed') return state;
  return measured(state, settle(apply(state, event), event.at), event);
}

type RepairEventOf<K extends RepairEvent['kind']> = Extract<RepairEvent, { readonly kind: K }>;
type Handlers = {
  readonly [K in RepairEvent['kind']]: (state: RepairState, event: RepairEventOf<K>) => RepairState;
};

/** Whom the steps that speak to one neighbour alone had asked. */
const failureReasons: Partial<Record<Command['kind'], ReasonCode>> = {
  requestPermit: 'ledger-unreadable',
  releasePermit: 'ledger-unreadable',
  close: 'hub-unreadable',
};

const handlers: Handlers = {
  reported: (state, { report }) => heard(state, report),
  cancelRequested: (state, { by, requestId, at }) =>
    state.cancel ? state : { ...state, cancel: { by, requestId, at } },
  rebooted: (state, { bootId, ready, at }) => seenIn(state, { bootId, ready }, at),
  lost: (state, { reason, detail }) => withLoss(state, reason, detail),
  lookAgain: (state) => ({ ...state, refused: undefined }),
  misheard: (state) => state,
  permitGranted: (state, { fit, at }) => ({
    ...state,
    refused: undefined,
    permit: true,
    fitAt: fit && at,
    phase: workPhase(state),
  }),
  permitRefused: (state, { reason, at }) =>
    withRefusal(state, reason, at, isUnreadable(reason) ? soon : woken),
  preflightPassed: (state, { at }) => ({
    ...state,
    refused: undefined,
    untried: undefined,
    fitAt: at,
  }),
  preflightFailed: (state, { reason, detail }) => ({
    ...state,
    refused: undefined,
    unfit: { reason, detail },
  }),
  isolated: (state) => inWorkPhase({ ...state, isolated: true, doubtful: false }),
  podsTagged: (state, { pods, staying = [], at }) =>
    inWorkPhase({
      ...state,
      migratingSince: state.migratingSince ?? at,
      pods: { ...noPods, tagged: true, moved: pods === 0, left: pods, staying },
    }),
  podsMoved: (state, event) =>
    inWorkPhase({
      ...state,
      pods: { ...noPods, tagged: true, moved: true, ...stayed(state, event) },
    }),
  podsLeft,
  podsFound,
  attempted,
  notTried,
  attemptSpent: (state, { nextRung, nextSpent }) => ({
    ...state,
    attempt: undefined,
    verifyingSince: undefined,
    healthySince: undefined,
    unknownSince: undefined,
    phase: 'repairing',
    rung: nextRung,
    spent: nextSpent,
  }),
  looked: (state, { finding, at }) => ({ ...found(state, finding, at), lookedAt: at }),
  waitStarted: (state, { reason, until, at }) => ({
    ...state,
    waiting: { reason, since: at, until },
  }),
  waited: (state) => ({ ...state, waiting: undefined }),
  interrupted: (state) => ({ ...state, waiting: undefined }),
  refused,
  failed,
  concluded: (state, { ending }) => ({
    ...state,
    refused: undefined,
    waiting: undefined,
    ending,
    phase: ending.node === 'return' ? 'returning' : state.phase,
  }),
  restored,
  permitReleased: (state) => ({ ...state, permit: false, released: true }),
  closed: (state, { outcome }) => ({ ...state, phase: 'closed', outcome }),
};

function apply<K extends RepairEvent['kind']>(
  state: RepairState,
  event: RepairEventOf<K>,
): RepairState {
  // A newer version's journal may hold kinds that change nothing this version knows of.
  const handle: Handlers[K] | undefined = handlers[event.kind];
  return handle === undefined ? state : handle(state, event);
}

/** Of these refusals the ledger keeps no waiter, so nobody would wake the repair. */
function isUnreadable(reason: ReasonCode): boolean {
  return ['ledger-unreadable', 'nodes-unreadable', 'node-unknown'].includes(reason);
}

/** A pass that moved nothing makes the next one wait longer; pods on their way out cost nothing to wait for. */
function podsLeft(state: RepairState, event: RepairEventOf<'podsLeft'>): RepairState {
  const { left, blockers, at } = event;
  const passes = left < state.pods.left ? 1 : state.pods.passes + 1;
  const reason = waitReasonOf(blockers);
  const laterMs = patienceMs(reason === 'pods-terminating' ? 1 : passes);
  const pass = { left, blockers, passes, askAgainAt: at + laterMs };
  const pods = { ...state.pods, ...pass, ...stayed(state, event) };
  // The spread takes a fifth at most, and no refused pod is asked before its time.
  const backOff = { firstMs: laterMs * 1.25, longestMs: laterMs * 1.25 };
  return withRefusal({ ...state, pods }, reason, at, backOff);
}

/** What was found goes back to migration, with the whole time that a migration has; what stays is only noted. */
function podsFound(state: RepairState, event: RepairEventOf<'podsFound'>): RepairState {
  const { left, at } = event;
  const pods = { ...noPods, tagged: true, moved: left === 0, left, ...stayed(state, event) };
  return inWorkPhase({ ...state, pods, ...(left > 0 && { migratingSince: at }) });
}

function stayed(
  { pods }: RepairState,
  { staying = [], latecomers = [] }: RepairEventOf<'podsMoved' | 'podsLeft' | 'podsFound'>,
): Pick<RepairState['pods'], 'staying' | 'latecomers'> {
  return { staying, latecomers: [...new Set([...pods.latecomers, ...latecomers])] };
}

function attempted(state: RepairState, event: RepairEventOf<'attempted'>): RepairState {
  const { rung, number, startedAt, bootIdBefore, result, detail, code, evidenceAfter, at } = event;
  const attempt = {
    rung,
    number,
    startedAt,
    bootIdBefore,
    result,
    endedAt: at,
    detail,
    evidenceAfter,
  };
  return {
    ...state,
    refused: undefined,
    untried: undefined,
    healthySince: undefined,
    phase: 'verifying',
    attempt: code ? { ...attempt, code } : attempt,
    attempts: state.attempts + 1,
    verifyingSince: at,
  };
}

/** Before the isolation no permit is held while the machine cannot be asked: others may need it. */
function notTried(state: RepairState, event: RepairEventOf<'notTried'>): RepairState {
  const waiting = { ...state, refused: undefined, untried: postponed(state, event) };
  return state.isolated ? waiting : { ...waiting, permit: false, phase: 'awaiting-permit' };
}

/** Back off, but never before the machine's own word. Nothing was sent: neither attempts nor rungs are counted. */
function postponed(
  { untried, repairId }: RepairState,
  {
    at,
    detail,
    retryAfterMs = 0,
  }: Pick<RepairEventOf<'notTried'>, 'at' | 'detail' | 'retryAfterMs'>,
): Untried {
  const tries = (untried?.tries ?? 0) + 1;
  const laterMs = Math.max(spread(repairId, delayMs(unasked, tries)), retryAfterMs);
  return { since: untried?.since ?? at, tries, tryAgainAt: at + laterMs, detail };
}

function refused(state: RepairState, event: RepairEventOf<'refused'>): RepairState {
  const seen = event.finding ? found(state, event.finding, event.at) : state;
  const { reason, detail, at } = event;
  if (isLoss(reason)) return withFoundLoss(seen, reason, detail);
  if (reason === 'permit-lost') return { ...seen, permit: false };
  if (reason === 'healed' || reason === 'rebooted') return seen;
  const unwell = reason === 'still-faulty' || reason === 'unknown-health';
  const open = unwell && state.ending ? unconcluded(seen, at) : inDoubt(seen, reason);
  return withRefusal(open, reason, at, reason === 'paused' ? unpaused : soon);
}

function found(state: RepairState, finding: Finding, at: EpochMs): RepairState {
  const { bootId, ready, isolated, reports } = finding;
  const seen = { ...seenIn(state, { bootId, ready }, at), doubtful: false };
  const known = isolated && !state.isolated ? inWorkPhase({ ...seen, isolated }) : seen;
  return reports.reduce(heard, known);
}

function seenIn(
  state: RepairState,
  seen: { readonly bootId: string; readonly ready: boolean },
  at: EpochMs,
): RepairState {
  const sameBoot = seen.bootId === state.bootId;
  return { ...state, ...seen, ...(!sameBoot && { bootSeenAt: at }) };
}

function inWorkPhase(state: RepairState): RepairState {
  return { ...state, refused: undefined, phase: workPhase(state) };
}

/** A check joins the episode when it is faulty; from then on every observer's word about it counts. */
function heard(state: RepairState, report: CheckReport): RepairState {
  const isKnown = state.reports.some(({ check }) => check === report.check);
  if (!isKnown && report.verdict !== 'faulty') return state;
  return { ...state, reports: withReport(state.reports, report, state.bootId) };
}

function isLoss(reason: ReasonCode): reason is LossReason {
  return (lossReasons as readonly ReasonCode[]).includes(reason);
}

/** An end that cannot be carried out as it was concluded is concluded anew, by what was found last. */
function withFoundLoss(state: RepairState, reason: LossReason, detail: string): RepairState {
  if (!state.ending) return withLoss(state, reason, detail);
  return { ...state, ending: undefined, lost: { reason, detail } };
}

function withLoss(state: RepairState, reason: LossReason, detail: string): RepairState {
  return state.lost ? state : { ...state, lost: { reason, detail } };
}

/** A return that a fresh look forbade: the node has to prove itself again. */
function unconcluded(state: RepairState, at: EpochMs): RepairState {
  return {
    ...state,
    ending: undefined,
    healthySince: undefined,
    phase: 'verifying',
    verifyingSince: at,
  };
}

/** A cordon that was sent may have been set although nobody answered. */
function inDoubt(state: RepairState, reason: ReasonCode): RepairState {
  return reason === 'cordon-unconfirmed' ? { ...state, doubtful: true } : state;
}

function failed(state: RepairState, { command, at }: RepairEventOf<'failed'>): RepairState {
  const open = command === 'isolate' ? { ...state, doubtful: true } : state;
  return withRefusal(open, failureReasons[command] ?? 'step-failed', at, soon);
}

function withRefusal(
  state: RepairState,
  reason: ReasonCode,
  at: EpochMs,
  backOff: BackOff,
): RepairState {
  const times = state.refused?.reason === reason ? state.refused.times + 1 : 1;
  const lookAgainAt = at + spread(state.repairId, delayMs(backOff, times));
  return { ...state, refused: { reason, at, times, lookAgainAt } };
}

/** Keeps repairs from looking all at the same moment: 80 to 100 % of the time, by repair, always the same. */
function spread(repairId: string, laterMs: number): number {
  const sum = Array.from(repairId).reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return Math.round(laterMs * (0.8 + (sum % 100) / 500));
}

/** first x 2^(times - 1), at most the longest. */
function delayMs({ firstMs, longestMs }: BackOff, times: number): number {
  return Math.min(firstMs * 2 ** Math.min(times - 1, 20), longestMs);
}

function restored(state: RepairState, event: RepairEventOf<'restored'>): RepairState {
  const done: RepairState = { ...state, refused: undefined, restored: true };
  if (event.node !== 'left' || state.ending?.node === 'leave') return done;
  const reason = event.reason ?? 'taken-over';
  return { ...done, ending: { outcome: 'taken-over', reason, node: 'leave' } };
}

export function initialState(opening: RepairOpening): RepairState {
  const { fault, openedAt, relapse } = opening;
  const { check, observer, verdict, bootId, counter } = fault;
  const state: RepairState = {
    repairId: opening.repairId,
    cluster: opening.cluster,
    node: opening.node,
    nodeUid: opening.nodeUid,
    mode: opening.mode,
    phase: 'awaiting-permit',
    openedAt,
    bootId,
    ready: true,
    reports: [{ check, observer, verdict, bootId, counter, sequence: opening.sequence }],
    permit: false,
    isolated: false,
    doubtful: false,
    pods: noPods,
    rung: opening.after?.firstRung ?? relapse?.firstRung ?? 0,
    ...(relapse && { relapse }),
    spent: 0,
    attempts: 0,
    restored: false,
    released: false,
    progressAt: openedAt,
    turn: { at: openedAt, commands: 0 },
  };
  return settle(state, openedAt);
}

/** Health decides by itself whether the repair verifies or works, and since when it has been well or unknown. */
function settle(state: RepairState, at: EpochMs): RepairState {
  if (state.ending) return state;
  const verdict = health(state);
  const timed = {
    ...state,
    healthySince: verdict === 'healthy' ? (state.healthySince ?? at) : undefined,
    unknownSince: verdict === 'unknown' ? (state.unknownSince ?? at) : undefined,
  };
  return state.isolated && !state.attempt ? redirected(timed, verdict, at) : timed;
}

/**
 * Without an attempt under way, a healthy node proves itself and a faulty one is worked on.
 * What was refused was an act: a node that became healthy needs none, so its refusal is void.
 */
function redirected(state: RepairState, verdict: Verdict, at: EpochMs): RepairState {
  const verifying = state.phase === 'verifying';
  if (verdict === 'healthy' && !verifying)
    return {
      ...state,
      phase: 'verifying',
      verifyingSince: at,
      refused: undefined,
      untried: undefined,
    };
  if (verdict === 'faulty' && verifying) {
    return { ...state, phase: workPhase(state), verifyingSince: undefined };
  }
  return state;
}
