/** How each event changes a repair. State is the fold of all events and of nothing else. */
import type { Verdict } from '../fault.ts';
import type { EpochMs, ReasonCode } from '../vocabulary.ts';
import { health } from './health.ts';
import { lossReasons } from './types.ts';
import type {
  CheckReport,
  Ending,
  Finding,
  LossReason,
  RepairEvent,
  RepairOpening,
  RepairState,
} from './types.ts';

const second = 1000;
/** A refused act is tried again after this long at the latest, unless something wakes the repair earlier. */
const refusedLookAgainMs = 5 * 60 * second;
/** Nobody tells a repair that a pause has ended, and only those that hold a permit ask. */
const pausedLookAgainMs = 10 * second;
/** Budgets and unreadable objects change by themselves within seconds. */
const soonLookAgainMs = 5 * second;

export function initialState(opening: RepairOpening): RepairState {
  const { fault, openedAt } = opening;
  const report = { check: fault.check, verdict: fault.verdict, bootId: fault.bootId };
  const state: RepairState = {
    repairId: opening.repairId,
    cluster: opening.cluster,
    node: opening.node,
    nodeUid: opening.nodeUid,
    mode: opening.mode,
    phase: 'awaiting-permit',
    openedAt,
    bootId: fault.bootId,
    ready: true,
    checks: { [fault.check]: { ...report, sequence: opening.sequence } },
    permit: false,
    isolated: false,
    doubtful: false,
    pods: { tagged: false, moved: false, left: 0, blockers: [] },
    rung: opening.after?.firstRung ?? 0,
    spent: 0,
    attempts: 0,
    restored: false,
    released: false,
  };
  return settle(state, openedAt);
}

/** A closed repair stays as it is, whatever still reaches it. */
export function evolve(state: RepairState, event: RepairEvent): RepairState {
  return state.phase === 'closed' ? state : settle(apply(state, event), event.at);
}

/** The state after these events, from the opening on. */
export function fold(opening: RepairOpening, events: readonly RepairEvent[]): RepairState {
  return events.reduce(evolve, initialState(opening));
}

type Of<K extends RepairEvent['kind']> = Extract<RepairEvent, { readonly kind: K }>;
type Handlers = {
  readonly [K in RepairEvent['kind']]: (state: RepairState, event: Of<K>) => RepairState;
};

const handlers: Handlers = {
  reported: (state, { report }) => withReport(state, report),
  cancelRequested: (state, { by, requestId, at }) =>
    state.cancel ? state : { ...state, cancel: { by, requestId, at } },
  rebooted: (state, { bootId, ready, at }) => seenIn(state, { bootId, ready }, at),
  lost: (state, { reason, detail }) => withLoss(state, reason, detail),
  lookAgain: (state) => ({ ...state, refused: undefined }),
  permitGranted: (state) => ({
    ...state,
    refused: undefined,
    permit: true,
    phase: workPhase(state),
  }),
  permitRefused: (state, { reason, at }) =>
    withRefusal(state, reason, at, isUnreadable(reason) ? soonLookAgainMs : refusedLookAgainMs),
  isolated: (state) => inWorkPhase({ ...state, isolated: true, doubtful: false }),
  podsTagged: (state, { pods, at }) =>
    inWorkPhase({
      ...state,
      migratingSince: state.migratingSince ?? at,
      pods: { tagged: true, moved: pods === 0, left: pods, blockers: [] },
    }),
  podsMoved: (state) =>
    inWorkPhase({ ...state, pods: { tagged: true, moved: true, left: 0, blockers: [] } }),
  podsLeft: (state, { left, blockers, at }) =>
    withRefusal(
      { ...state, pods: { ...state.pods, left, blockers } },
      'budget-blocks',
      at,
      soonLookAgainMs,
    ),
  podsFound,
  attempted,
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

function apply<K extends RepairEvent['kind']>(state: RepairState, event: Of<K>): RepairState {
  // A newer version's journal may hold kinds that change nothing this version knows of.
  const handle: Handlers[K] | undefined = handlers[event.kind];
  return handle === undefined ? state : handle(state, event);
}

/** The phase of the first piece of work that is not done. */
function workPhase(state: RepairState): RepairState['phase'] {
  if (!state.isolated) return 'isolating';
  if (!state.pods.tagged) return 'tagging';
  return state.pods.moved ? 'repairing' : 'migrating';
}

function inWorkPhase(state: RepairState): RepairState {
  return { ...state, refused: undefined, phase: workPhase(state) };
}

/** What was found goes back to migration, with the whole time that a migration has. */
function podsFound(state: RepairState, { left, at }: Of<'podsFound'>): RepairState {
  const pods = { ...state.pods, moved: false, left, blockers: [] };
  return inWorkPhase({ ...state, pods, migratingSince: at });
}

function attempted(state: RepairState, event: Of<'attempted'>): RepairState {
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
    healthySince: undefined,
    phase: 'verifying',
    attempt: code ? { ...attempt, code } : attempt,
    attempts: state.attempts + 1,
    verifyingSince: at,
  };
}

function refused(state: RepairState, event: Of<'refused'>): RepairState {
  const seen = event.finding ? found(state, event.finding, event.at) : state;
  const { reason, detail, at } = event;
  if (isLoss(reason)) return withLoss(seen, reason, detail);
  if (reason === 'permit-lost') return { ...seen, permit: false };
  if (reason === 'healed' || reason === 'rebooted') return seen;
  const laterMs = reason === 'paused' ? pausedLookAgainMs : soonLookAgainMs;
  const unwell = reason === 'still-faulty' || reason === 'unknown-health';
  const open = unwell && state.ending ? unconcluded(seen, at) : inDoubt(seen, reason);
  return withRefusal(open, reason, at, laterMs);
}

function failed(state: RepairState, { command, at }: Of<'failed'>): RepairState {
  const isLedger = command === 'requestPermit' || command === 'releasePermit';
  const reason = isLedger ? 'ledger-unreadable' : 'node-unreadable';
  return withRefusal(inDoubt(state, reason), reason, at, soonLookAgainMs);
}

/** The answer to an isolation may be lost after the API server took it. */
function inDoubt(state: RepairState, reason: ReasonCode): RepairState {
  const tried = state.phase === 'isolating' && reason === 'node-unreadable';
  return tried ? { ...state, doubtful: true } : state;
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

function restored(state: RepairState, event: Of<'restored'>): RepairState {
  const done: RepairState = { ...state, refused: undefined, restored: true };
  const wanted = state.ending?.node;
  if (event.node === 'left' && wanted !== 'leave') {
    const reason = event.reason ?? 'taken-over';
    return { ...done, ending: { outcome: 'taken-over', reason, node: 'leave' } };
  }
  if (event.node === 'kept' && wanted === 'return') {
    const ending = state.attempts > 0 ? heldLate : heldEarly;
    return { ...done, ending };
  }
  return done;
}

const heldEarly: Ending = { outcome: 'cancelled', reason: 'held', node: 'keep' };
const heldLate: Ending = { outcome: 'escalated', reason: 'held-mid-repair', node: 'keep' };

function withReport(state: RepairState, report: CheckReport): RepairState {
  const known = state.checks[report.check];
  if (known ? known.sequence >= report.sequence : report.verdict !== 'faulty') return state;
  return { ...state, checks: { ...state.checks, [report.check]: report } };
}

function seenIn(
  state: RepairState,
  seen: { readonly bootId: string; readonly ready: boolean },
  at: EpochMs,
): RepairState {
  const sameBoot = seen.bootId === state.bootId;
  return { ...state, ...seen, ...(!sameBoot && { bootSeenAt: at }) };
}

function found(state: RepairState, finding: Finding, at: EpochMs): RepairState {
  const { bootId, ready, isolated, reports } = finding;
  const seen = { ...seenIn(state, { bootId, ready }, at), doubtful: false };
  const known = isolated && !state.isolated ? inWorkPhase({ ...seen, isolated }) : seen;
  return reports.reduce(withReport, known);
}

function withLoss(state: RepairState, reason: LossReason, detail: string): RepairState {
  return state.lost ? state : { ...state, lost: { reason, detail } };
}

function withRefusal(
  state: RepairState,
  reason: ReasonCode,
  at: EpochMs,
  laterMs: number,
): RepairState {
  return { ...state, refused: { reason, at, lookAgainAt: at + spread(state.repairId, laterMs) } };
}

/** Of these refusals the ledger keeps no waiter, so nobody would wake the repair. */
function isUnreadable(reason: ReasonCode): boolean {
  return reason === 'ledger-unreadable' || reason === 'nodes-unreadable';
}

function isLoss(reason: ReasonCode): reason is LossReason {
  return (lossReasons as readonly ReasonCode[]).includes(reason);
}

/** Keeps repairs from looking all at the same moment: 80 to 100 % of the time, by repair, always the same. */
function spread(repairId: string, laterMs: number): number {
  const sum = Array.from(repairId).reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return Math.round(laterMs * (0.8 + (sum % 100) / 500));
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
  return state.isolated && !state.attempt ? turned(timed, verdict, at) : timed;
}

/**
 * Without an attempt under way, a healthy node proves itself and a faulty one is worked on.
 * What was refused was an act: a node that became healthy needs none, so its refusal is void.
 */
function turned(state: RepairState, verdict: Verdict, at: EpochMs): RepairState {
  const verifying = state.phase === 'verifying';
  if (verdict === 'healthy' && !verifying)
    return { ...state, phase: 'verifying', verifyingSince: at, refused: undefined };
  if (verdict === 'faulty' && verifying) {
    return { ...state, phase: workPhase(state), verifyingSince: undefined };
  }
  return state;
}
