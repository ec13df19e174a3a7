import { describe, expect, test } from 'vitest';
import { evolve, fold, initialState } from '../../../../domain/repair/evolve.ts';
import type { Command, Ending, RepairEvent, RepairState } from '../../../../domain/repair/types.ts';
import { lossReasons } from '../../../../domain/repair/types.ts';
import {
  after,
  at,
  attempted,
  cancel,
  fault,
  finding,
  firstBoot,
  given,
  granted,
  healthy,
  isolated,
  minute,
  moved,
  nextBoot,
  opening,
  rebooted,
  repairId,
  report,
  second,
  tagged,
  untilAttempted,
  untilIsolated,
  untilMoved,
  untilWell,
} from '../../../support/given.ts';

function stateOf(events: readonly RepairEvent[]): RepairState {
  return given(events).state;
}

function refusal(
  reason: Extract<RepairEvent, { kind: 'refused' }>['reason'],
  found?: ReturnType<typeof finding>,
): RepairEvent {
  return after(6, {
    kind: 'refused',
    reason,
    detail: 'so it is',
    ...(found && { finding: found }),
  });
}

const toReturn: Ending = { outcome: 'repaired', reason: 'healed', node: 'return' };
const toKeep: Ending = { outcome: 'escalated', reason: 'ladder-exhausted', node: 'keep' };
const toLeave: Ending = { outcome: 'taken-over', reason: 'taken-over', node: 'leave' };
function concluded(ending: Ending): RepairEvent {
  return after(200, { kind: 'concluded', ending });
}

test('a repair begins with what opened it', () => {
  expect(initialState(opening({ sequence: 7 }))).toEqual({
    repairId,
    cluster: fault.cluster,
    node: fault.node,
    nodeUid: fault.nodeUid,
    mode: 'act',
    phase: 'awaiting-permit',
    openedAt: at(0),
    bootId: firstBoot,
    ready: true,
    reports: [report({ counter: fault.counter, sequence: 7 })],
    permit: false,
    isolated: false,
    doubtful: false,
    pods: {
      tagged: false,
      moved: false,
      left: 0,
      blockers: [],
      passes: 0,
      askAgainAt: 0,
      staying: [],
      latecomers: [],
    },
    rung: 0,
    spent: 0,
    attempts: 0,
    restored: false,
    released: false,
    progressAt: at(0),
    turn: { at: at(0), commands: 0 },
  });
});

test('state is the fold of all events', () => {
  const folded = untilWell.reduce(evolve, initialState(opening()));
  expect(fold(opening(), untilWell)).toEqual(folded);
});

test.each<[string, readonly RepairEvent[], RepairState['phase']]>([
  ['permit', [granted], 'isolating'],
  ['isolation', untilIsolated, 'tagging'],
  ['tagging', [granted, isolated, tagged], 'migrating'],
  ['tagging of none', [...untilIsolated, after(3, { kind: 'podsTagged', pods: 0 })], 'repairing'],
  ['migration', untilMoved, 'repairing'],
  ['attempt', untilAttempted, 'verifying'],
  ['health', [...untilIsolated, healthy(5)], 'verifying'],
  ['the end of a good repair', [...untilWell, concluded(toReturn)], 'returning'],
  ['the end of another', [...untilAttempted, concluded(toKeep)], 'verifying'],
  ['a permit that was lost and granted again', [...untilMoved, granted], 'repairing'],
])('after %s: the phase', (_name, events, phase) => {
  expect(stateOf(events).phase).toBe(phase);
});

test('what could not be understood is noted, and changes nothing else', () => {
  const misheard = after(5, { kind: 'misheard', detail: 'no kind' });
  expect(stateOf([...untilMoved, misheard])).toEqual(stateOf(untilMoved));
});

describe('what a repair remembers', () => {
  test('of its pods', () => {
    const blockers = [{ pod: 'a/b', why: 'blocked-by-budget', budgets: ['pdb'] }] as const;
    const left = after(5, { kind: 'podsLeft', left: 2, blockers });
    expect(stateOf([...untilIsolated, tagged, left]).pods).toEqual({
      tagged: true,
      moved: false,
      left: 2,
      blockers,
      passes: 1,
      askAgainAt: at(10),
      staying: [],
      latecomers: [],
    });
    expect(stateOf([...untilIsolated, tagged, left, moved]).pods).toEqual({
      tagged: true,
      moved: true,
      left: 0,
      blockers: [],
      passes: 0,
      askAgainAt: 0,
      staying: [],
      latecomers: [],
    });
    expect(stateOf([...untilIsolated, tagged]).pods.left).toBe(4);
    const found = after(9, { kind: 'podsFound', left: 1, pods: ['a/b'] });
    expect(stateOf([...untilMoved, found])).toMatchObject({
      phase: 'migrating',
      migratingSince: at(9),
      pods: { tagged: true, moved: false, left: 1, blockers: [] },
    });
    const again = after(30, { kind: 'podsTagged', pods: 1 });
    expect(stateOf([...untilIsolated, tagged, again]).migratingSince).toBe(at(3));
  });

  test('of pods that stay, and of owners that bring theirs back', () => {
    const staying = [{ pod: 'a/b', why: 'tolerates', owner: 'a/R/b' }] as const;
    const first = after(5, { kind: 'podsLeft', left: 2, blockers: [], staying, latecomers: ['x'] });
    expect(stateOf([...untilIsolated, tagged, first]).pods).toMatchObject({
      staying,
      latecomers: ['x'],
    });
    const gone = after(9, { kind: 'podsMoved', staying, latecomers: ['y', 'x'] });
    const state = stateOf([...untilIsolated, tagged, first, gone]);
    expect(state.pods).toMatchObject({ moved: true, staying, latecomers: ['x', 'y'] });
    const unsaid = after(10, { kind: 'podsFound', left: 0, pods: [], staying: [] });
    expect(stateOf([...untilIsolated, tagged, first, gone, unsaid])).toMatchObject({
      phase: 'repairing',
      migratingSince: at(3),
      pods: { moved: true, staying: [], latecomers: ['x', 'y'] },
    });
    const none = after(3, { kind: 'podsTagged', pods: 0, staying });
    expect(stateOf([...untilIsolated, none]).pods).toMatchObject({ moved: true, staying });
  });

  test('of passes that moved nothing, so that refused pods are asked less and less', () => {
    const refusedAt = (seconds: number, left = 2): RepairEvent =>
      after(seconds, { kind: 'podsLeft', left, blockers: [{ pod: 'a/b', why: 'not-evictable' }] });
    const waits = [refusedAt(10), refusedAt(20), refusedAt(40), refusedAt(60)].map((_, n, all) => {
      const { pods, refused } = stateOf([...untilIsolated, tagged, ...all.slice(0, n + 1)]);
      expect(refused?.reason).toBe('not-evictable');
      expect(refused?.lookAgainAt).toBeGreaterThanOrEqual(pods.askAgainAt);
      return (pods.askAgainAt - (refused?.at ?? 0)) / second;
    });
    expect(waits).toEqual([5, 7.5, 11.25, 16.875]);
    const progress = [refusedAt(10), refusedAt(20), refusedAt(30, 1)];
    expect(stateOf([...untilIsolated, tagged, ...progress]).pods.passes).toBe(1);
    const ending = [10, 20, 30].map((seconds) =>
      after(seconds, { kind: 'podsLeft', left: 1, blockers: [{ pod: 'a/b', why: 'terminating' }] }),
    );
    expect(stateOf([...untilIsolated, tagged, ...ending]).pods.askAgainAt).toBe(at(35));
  });

  test('of an attempt', () => {
    const { attempt, attempts } = stateOf(untilAttempted);
    expect(attempts).toBe(1);
    expect(attempt).toEqual({
      rung: 0,
      number: 1,
      startedAt: at(5),
      bootIdBefore: firstBoot,
      result: 'done',
      endedAt: at(10),
      detail: 'the BMC accepted the reset',
      evidenceAfter: 1,
    });
    const wrong = stateOf([
      ...untilMoved,
      attempted({ result: 'rejected', code: 'wrong-machine' }),
    ]);
    expect(wrong.attempt?.code).toBe('wrong-machine');
  });

  test('of an attempt that is spent: only that it was made', () => {
    const spent = after(400, {
      kind: 'attemptSpent',
      reason: 'still-faulty',
      nextRung: 1,
      nextSpent: 0,
    });
    expect(
      stateOf([...untilWell, after(60, { kind: 'looked', finding: finding() }), spent]),
    ).toMatchObject({
      attempt: undefined,
      verifyingSince: undefined,
      healthySince: undefined,
      phase: 'repairing',
      rung: 1,
      spent: 0,
      attempts: 1,
    });
  });

  test('of a wait: until it is over', () => {
    const until = at(90);
    const waiting = [granted, after(2, { kind: 'waitStarted', reason: 'soak', until })];
    expect(stateOf(waiting).waiting).toEqual({ reason: 'soak', since: at(2), until });
    for (const end of [
      after(3, { kind: 'waited' }),
      after(3, { kind: 'interrupted', command: 'wait' }),
      concluded(toKeep),
    ]) {
      expect(stateOf([...waiting, end]).waiting).toBeUndefined();
    }
  });

  test('of what people said: the first of it', () => {
    const other = { ...cancel(9), requestId: 'c-2' };
    expect(stateOf([cancel(3), other]).cancel).toEqual({
      by: { name: 'ada', reason: 'my node' },
      requestId: 'c-1',
      at: at(3),
    });
    const held = after(3, { kind: 'lost', reason: 'held', detail: 'on hold' });
    const gone = after(4, { kind: 'lost', reason: 'deleted', detail: 'gone' });
    expect(stateOf([held, gone]).lost).toEqual({ reason: 'held', detail: 'on hold' });
  });

  test('of a boot: when it was first seen', () => {
    expect(stateOf(untilAttempted).bootSeenAt).toBeUndefined();
    const again = after(60, { kind: 'rebooted', bootId: nextBoot, ready: false });
    expect(stateOf([...untilAttempted, rebooted(40), again])).toMatchObject({
      bootId: nextBoot,
      bootSeenAt: at(40),
      ready: false,
    });
  });

  test('of a look: when it was, and what it found', () => {
    const found = finding({
      bootId: nextBoot,
      reports: [report({ verdict: 'healthy', sequence: 9 })],
    });
    const state = stateOf([...untilIsolated, after(9, { kind: 'looked', finding: found })]);
    expect(state).toMatchObject({ lookedAt: at(9), bootId: nextBoot, isolated: true });
    expect(state.reports.map(({ sequence }) => sequence)).toEqual([9]);
  });

  test('of its health: since when', () => {
    const well = [...untilIsolated, healthy(10)];
    expect(stateOf([...well, healthy(20, { sequence: 3 })]).healthySince).toBe(at(10));
    const unknown = after(20, {
      kind: 'reported',
      report: report({ verdict: 'unknown', sequence: 4 }),
    });
    const still = after(30, { kind: 'lookAgain', because: 'a while' });
    expect(stateOf([...well, unknown, still])).toMatchObject({
      healthySince: undefined,
      unknownSince: at(20),
      phase: 'verifying',
      verifyingSince: at(10),
    });
    expect(stateOf([...well, unknown, healthy(40, { sequence: 5 })]).unknownSince).toBeUndefined();
  });
});

describe('a refusal', () => {
  test.each(lossReasons)('by %s means that the node is lost', (reason) => {
    const state = stateOf([...untilMoved, refusal(reason)]);
    expect(state.lost).toEqual({ reason, detail: 'so it is' });
    expect(state.refused).toBeUndefined();
  });

  test('by a lost permit takes it away', () => {
    expect(stateOf([...untilMoved, refusal('permit-lost')])).toMatchObject({ permit: false });
  });

  test.each(['healed', 'rebooted'] as const)('by %s brings news and no wait', (reason) => {
    const news = finding({
      bootId: nextBoot,
      reports: [report({ verdict: 'healthy', bootId: nextBoot, sequence: 9 })],
    });
    const state = stateOf([...untilMoved, refusal(reason, news)]);
    expect(state.refused).toBeUndefined();
    expect(state).toMatchObject({ bootId: nextBoot, phase: 'verifying' });
  });

  test.each([
    ['paused', 10 * second],
    ['unknown-health', 5 * second],
    ['node-unreadable', 5 * second],
    ['journal-unavailable', 5 * second],
  ] as const)('by %s is looked at again within its time', (reason, latestMs) => {
    const { refused, ending } = stateOf([...untilMoved, refusal(reason)]);
    expect(refused).toMatchObject({ reason, at: at(6) });
    expect(ending).toBeUndefined();
    const waitMs = (refused?.lookAgainAt ?? 0) - at(6);
    expect(waitMs).toBeLessThanOrEqual(latestMs);
    expect(waitMs).toBeGreaterThanOrEqual(0.8 * latestMs);
  });

  test.each(['ledger-unreadable', 'nodes-unreadable'] as const)(
    'a permit refused as %s is asked for again soon, since nobody wakes the repair',
    (reason) => {
      const { refused } = stateOf([after(1, { kind: 'permitRefused', reason, out: 0, limit: 0 })]);
      expect((refused?.lookAgainAt ?? 0) - at(1)).toBeLessThanOrEqual(5 * second);
    },
  );

  test('spreads repairs over a fifth of the time, each always the same', () => {
    const refused = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 1, limit: 1 });
    const waits = Array.from({ length: 100 }, (_, n) => {
      const opened = opening({ repairId: `r-${String.fromCodePoint(97 + (n % 26))}${n}` });
      return (fold(opened, [refused]).refused?.lookAgainAt ?? 0) - at(1);
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(4 * minute);
    expect(Math.max(...waits)).toBeLessThan(5 * minute);
    expect(new Set(waits).size).toBeGreaterThan(30);
    const { state } = given([refused]);
    expect(state.refused?.lookAgainAt).toBe(at(1) + 289_800);
  });

  test.each([granted, isolated, tagged, moved, attempted()])(
    'is over once something was done: $kind',
    (event) => {
      expect(stateOf([...untilMoved, refusal('node-unreadable'), event]).refused).toBeUndefined();
    },
  );

  test('of a return by sickness takes the end back: the node proves itself again', () => {
    for (const reason of ['still-faulty', 'unknown-health'] as const) {
      const state = stateOf([
        ...untilWell,
        concluded(toReturn),
        { ...refusal(reason), at: at(201) },
      ]);
      expect(state).toMatchObject({
        ending: undefined,
        phase: 'verifying',
        verifyingSince: at(201),
        healthySince: at(201),
      });
      expect(state.refused?.reason).toBe(reason);
    }
  });

  test('of a return by anything else leaves the end as it was decided', () => {
    const state = stateOf([...untilWell, concluded(toReturn), refusal('node-unreadable')]);
    expect(state.ending).toEqual(toReturn);
  });
});

describe('a failure', () => {
  const failure = (command: Command['kind']): RepairEvent =>
    after(6, { kind: 'failed', command, detail: 'no answer' });

  test('of the ledger is told from one of the API server', () => {
    expect(stateOf([failure('requestPermit')]).refused?.reason).toBe('ledger-unreadable');
    expect(stateOf([failure('releasePermit')]).refused?.reason).toBe('ledger-unreadable');
    expect(stateOf([failure('look')]).refused?.reason).toBe('step-failed');
    expect(stateOf([failure('close')]).refused?.reason).toBe('hub-unreadable');
    expect(stateOf([failure('look')]).refused?.lookAgainAt).toBeLessThanOrEqual(at(11));
  });

  test('leaves an isolation in doubt, until it is known', () => {
    expect(stateOf([granted, failure('isolate')]).doubtful).toBe(true);
    expect(stateOf([granted, failure('requestPermit')]).doubtful).toBe(false);
    expect(stateOf([...untilIsolated, failure('look')]).doubtful).toBe(false);
    expect(stateOf([granted, refusal('cordon-unconfirmed')]).doubtful).toBe(true);
    expect(stateOf([granted, refusal('cordon-refused')]).doubtful).toBe(false);
    expect(stateOf([granted, refusal('node-unreadable')]).doubtful).toBe(false);
    expect(stateOf([granted, failure('isolate'), isolated]).doubtful).toBe(false);
  });

  test('and a look that finds the isolation: the work goes on from there', () => {
    const found = after(7, { kind: 'looked', finding: finding() });
    expect(stateOf([granted, failure('isolate'), found])).toMatchObject({
      doubtful: false,
      isolated: true,
      phase: 'tagging',
    });
    const none = after(7, { kind: 'looked', finding: finding({ isolated: false }) });
    expect(stateOf([granted, failure('isolate'), none])).toMatchObject({
      doubtful: false,
      isolated: false,
      phase: 'isolating',
    });
  });

  test('a look keeps the phase of what is isolated already', () => {
    const found = after(60, { kind: 'looked', finding: finding({ isolated: false }) });
    expect(stateOf([...untilAttempted, found])).toMatchObject({
      isolated: true,
      phase: 'verifying',
    });
  });
});

describe('restoring', () => {
  const restored = (
    node: 'returned' | 'kept' | 'left',
    reason?: 'held' | 'deleted' | 'taken-over',
  ): RepairEvent => after(201, { kind: 'restored', node, ...(reason && { reason }) });

  const endOf = (before: readonly RepairEvent[], ending: Ending, event: RepairEvent): unknown => {
    const state = stateOf([...before, concluded(ending), event]);
    expect(state.restored).toBe(true);
    expect(state.refused).toBeUndefined();
    return state.ending;
  };

  test('as decided changes nothing', () => {
    expect(endOf(untilWell, toReturn, restored('returned'))).toEqual(toReturn);
    expect(endOf(untilAttempted, toKeep, restored('kept'))).toEqual(toKeep);
    expect(endOf(untilIsolated, toLeave, restored('left', 'taken-over'))).toEqual(toLeave);
  });

  test('finds the node taken over, or gone', () => {
    expect(endOf(untilWell, toReturn, restored('left'))).toEqual(toLeave);
    expect(endOf(untilAttempted, toKeep, restored('left', 'deleted'))).toEqual({
      outcome: 'taken-over',
      reason: 'deleted',
      node: 'leave',
    });
  });

  test.each(['held', 'taken-over', 'deleted'] as const)('finds it %s: concluded anew', (reason) => {
    const state = stateOf([...untilWell, concluded(toReturn), refusal(reason)]);
    expect(state).toMatchObject({ restored: false, lost: { reason, detail: 'so it is' } });
    expect(state.ending).toBeUndefined();
  });

  test('finds another loss than the one it ended for: the newer one counts', () => {
    const held = after(5, { kind: 'lost', reason: 'held', detail: 'x' });
    const ending = { ...toKeep, reason: 'held-mid-repair' } as const;
    const state = stateOf([...untilAttempted, held, concluded(ending), refusal('taken-over')]);
    expect(state.lost?.reason).toBe('taken-over');
  });
});

test('the end: the permit is back, the outcome stays, and nothing changes a closed repair', () => {
  const released = after(202, { kind: 'permitReleased' });
  const closed = after(203, { kind: 'closed', outcome: 'escalated', reason: 'ladder-exhausted' });
  const over = stateOf([...untilAttempted, concluded(toKeep), released, closed]);
  expect(over).toMatchObject({
    permit: false,
    released: true,
    phase: 'closed',
    outcome: 'escalated',
  });
  expect(over.refused).toBeUndefined();
  for (const event of [cancel(300), granted, healthy(300), closed]) {
    expect(evolve(over, event)).toBe(over);
  }
});

test('while it ends, health is no longer watched', () => {
  const ending = stateOf([...untilWell, concluded(toReturn)]);
  const ill = after(201, {
    kind: 'reported',
    report: report({ bootId: nextBoot, sequence: 9 }),
  });
  expect(evolve(ending, ill)).toMatchObject({ phase: 'returning', healthySince: at(50) });
});
