import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIsolatedBy } from '../../../../domain/marks.ts';
import { decide } from '../../../../domain/repair/decide.ts';
import { evolve, initialState } from '../../../../domain/repair/evolve.ts';
import { health } from '../../../../domain/repair/health.ts';
import { interrupts } from '../../../../domain/repair/interrupts.ts';
import { onTimeouts } from '../../../../domain/repair/policy.ts';
import type { Command, RepairEvent, RepairOpening } from '../../../../domain/repair/types.ts';
import { lossReasons } from '../../../../domain/repair/types.ts';
import { reasonCodes } from '../../../../domain/vocabulary/reasons.ts';
import { at, fault, firstBoot, minute, opening, policy, rung } from '../../../support/given.ts';
import { play } from '../../../support/world.ts';
import type { Fate, Story, TurnOfWorld } from '../../../support/world.ts';

const anyFate: fc.Arbitrary<Fate> = fc.record({
  healedBy: fc.nat(4),
  bmc: fc.constantFrom('reboots', 'accepts and does nothing', 'rejects', 'is silent'),
  budgets: fc.constantFrom('allow', 'allow', 'allow', 'block'),
  reporters: fc.constantFrom('speak', 'speak', 'are silent after a boot'),
});

const last = rung({ name: 'last', attempts: 1 });
const anyOpening: fc.Arbitrary<RepairOpening> = fc
  .record({
    mode: fc.constantFrom('act', 'act', 'act', 'observe'),
    onTimeout: fc.constantFrom(...onTimeouts),
    ladder: fc.constantFrom([], [rung()], [rung(), last], [rung({ attempts: 1 }), rung(), last]),
    soakMs: fc.constantFrom(0, minute),
  })
  .map(({ mode, onTimeout, ladder, soakMs }) =>
    opening({
      mode,
      policy: policy({ soakMs, ladder, migration: { timeoutMs: 10 * minute, onTimeout } }),
    }),
  );

const anyNumbers = fc.array(fc.nat(999), { maxLength: 150, size: 'max' });

/** Holds for every story that the world can tell. */
function always(holds: (story: Story, opened: RepairOpening) => void): void {
  fc.assert(
    fc.property(anyOpening, anyFate, anyNumbers, (opened, fate, numbers) => {
      holds(play(opened, fate, numbers), opened);
    }),
    { numRuns: 150 },
  );
}

const acts: readonly Command['kind'][] = [
  'requestPermit',
  'isolate',
  'tagPods',
  'migrate',
  'runRung',
];
function attemptsOf({ turns }: Story): readonly Extract<RepairEvent, { kind: 'attempted' }>[] {
  return turns.flatMap(({ events }) => events.filter((event) => event.kind === 'attempted'));
}
function concludes(turn: TurnOfWorld): Extract<Command, { kind: 'conclude' }>[] {
  return turn.command.kind === 'conclude' ? [turn.command] : [];
}

describe('in every story', () => {
  test('the repair ends once the world is calm', () => {
    always(({ state }) => expect(state.phase).toBe('closed'));
  });

  test('a rung runs only with a permit, on an isolated node, with a check faulty in its present boot', () => {
    always(({ turns }) => {
      for (const { command, state } of turns.filter((turn) => turn.command.kind === 'runRung')) {
        expect(command).toMatchObject({ rung: state.rung });
        expect(state).toMatchObject({ permit: true, isolated: true });
        const evidence = state.reports.filter(({ bootId }) => bootId === state.bootId);
        expect(evidence.map(({ verdict }) => verdict)).toContain('faulty');
      }
    });
  });

  test('nothing is begun after a cancel or a loss', () => {
    always(({ turns }) => {
      const stopped = turns.filter(({ state }) => state.cancel ?? state.lost);
      const begun = stopped.filter(({ command }) => acts.includes(command.kind));
      expect(begun.map(({ command }) => command)).toEqual([]);
    });
  });

  test('no attempt of a rung is made twice, and none beyond what the ladder allows', () => {
    always((story, opened) => {
      const attempts = attemptsOf(story).map((event) => `${event.rung}/${event.number}`);
      expect(new Set(attempts).size).toBe(attempts.length);
      for (const { rung: index, number } of attemptsOf(story)) {
        expect(number).toBeLessThanOrEqual(opened.policy.ladder[index]?.attempts ?? 0);
      }
    });
  });

  test('no node returns without evidence of health, unless it was cancelled before any attempt', () => {
    always(({ turns }) => {
      for (const turn of turns) {
        const returning = concludes(turn).some(({ node }) => node === 'return');
        const { state } = turn;
        if (!returning || state.mode === 'observe') continue;
        const isUndo = state.cancel !== undefined && state.attempts === 0;
        expect(isUndo || health(state) === 'healthy').toBe(true);
      }
    });
  });

  test('a cancel after an attempt escalates and keeps the node out', () => {
    always(({ turns }) => {
      const stops = turns.filter(({ state, command }) => {
        const isLate = state.attempts > 0 && state.cancel !== undefined && !state.lost;
        return isLate && state.mode === 'act' && command.kind === 'conclude';
      });
      for (const { command } of stops) {
        expect(command).toMatchObject({
          outcome: 'escalated',
          reason: 'cancelled-mid-repair',
          node: 'keep',
        });
      }
    });
  });

  test('what is refused or failed is not tried again at once', () => {
    const news = ['healed', 'rebooted', 'permit-lost'];
    always(({ turns }) => {
      for (const [index, { command, events }] of turns.entries()) {
        const outcome = events.length === 1 ? events[0] : undefined;
        const isBad =
          outcome?.kind === 'failed' ||
          (outcome?.kind === 'refused' && !news.includes(outcome.reason));
        const next = turns[index + 1]?.command.kind;
        expect(isBad && next === command.kind).toBe(false);
      }
    });
  });

  test('every wait has an end in sight', () => {
    always(({ turns }) => {
      for (const { command, at: now } of turns) {
        if (command.kind !== 'wait') continue;
        expect(command.until).toBeGreaterThan(now);
        expect(command.until - now).toBeLessThanOrEqual(5 * minute);
      }
    });
  });

  test('a node is isolated at most once, and nothing of a person is undone', () => {
    always((story) => {
      expect(story.isolations).toBeLessThanOrEqual(1);
      expect(story.returns).toBeLessThanOrEqual(story.isolations);
      expect(story.wrongs).toEqual([]);
    });
  });

  test('no isolation of ours is forgotten', () => {
    always(({ state, node }, opened) => {
      const ours = node !== undefined && isIsolatedBy(node, opened.repairId);
      const served = ['repaired', 'recovered'].includes(state.outcome ?? '');
      expect(ours && served).toBe(false);
      expect(ours && state.outcome === 'cancelled' && state.ending?.node !== 'keep').toBe(false);
    });
  });

  test('observing touches nothing', () => {
    always((story, opened) => {
      if (opened.mode === 'act') return;
      expect([story.resets, story.isolations, story.returns]).toEqual([0, 0, 0]);
      expect(['observed', 'cancelled']).toContain(story.state.outcome);
    });
  });

  test('the permit is given back before the end', () => {
    always(({ state }) => expect(state).toMatchObject({ permit: false, released: true }));
  });
});

describe('for any events in any order', () => {
  const time = fc.nat(10_000).map(at);
  const reason = fc.constantFrom(...reasonCodes);
  const report = fc.record({
    check: fc.constantFrom(fault.check, 'DiskPressure'),
    verdict: fc.constantFrom('faulty', 'healthy', 'unknown'),
    bootId: fc.constantFrom(firstBoot, 'boot-2', 'boot-3'),
    observer: fc.constantFrom(fault.observer, 'agent'),
    counter: fc.nat(9),
    sequence: fc.nat(9),
  });
  const finding = fc.record({
    bootId: fc.constantFrom(firstBoot, 'boot-2'),
    ready: fc.boolean(),
    isolated: fc.boolean(),
    reports: fc.array(report, { maxLength: 2 }),
  });
  const ending = fc.record({
    outcome: fc.constantFrom('repaired', 'cancelled', 'escalated', 'taken-over'),
    reason,
    node: fc.constantFrom('return', 'keep', 'leave'),
  });
  const by = fc.constant({ name: 'ada', reason: 'x' });
  const is = <K extends RepairEvent['kind'], F>(
    kind: K,
    fields: F,
  ): F & { kind: fc.Arbitrary<K> } => ({
    ...fields,
    kind: fc.constant(kind),
  });
  const command = fc.constantFrom<Command['kind']>('isolate', 'restore', 'look', 'requestPermit');
  const anyEvent: fc.Arbitrary<RepairEvent> = fc.oneof(
    fc.record(is('reported', { at: time, report })),
    fc.record(is('cancelRequested', { at: time, by, requestId: fc.constant('c') })),
    fc.record(
      is('rebooted', { at: time, bootId: fc.constantFrom(firstBoot, 'b'), ready: fc.boolean() }),
    ),
    fc.record(
      is('lost', { at: time, reason: fc.constantFrom(...lossReasons), detail: fc.constant('') }),
    ),
    fc.record(is('lookAgain', { at: time, because: fc.constant('') })),
    fc.record(is('permitGranted', { at: time, out: fc.nat(3), limit: fc.nat(3) })),
    fc.record(is('preflightPassed', { at: time })),
    fc.record(
      is('preflightFailed', {
        at: time,
        reason: fc.constantFrom('wrong-machine', 'no-rung-possible'),
        detail: fc.constant(''),
      }),
    ),
    fc.record(
      is('notTried', { at: time, rung: fc.nat(2), number: fc.nat(2), detail: fc.constant('') }),
    ),
    fc.record(is('permitRefused', { at: time, reason, out: fc.nat(3), limit: fc.nat(3) })),
    fc.record(is('isolated', { at: time })),
    fc.record(is('podsTagged', { at: time, pods: fc.nat(2) })),
    fc.record(is('podsMoved', { at: time })),
    fc.record(is('podsLeft', { at: time, left: fc.nat(2), blockers: fc.constant([]) })),
    fc.record(is('podsFound', { at: time, left: fc.nat(2), pods: fc.constant([]) })),
    fc.record(
      is('attempted', {
        at: time,
        rung: fc.nat(2),
        number: fc.nat(2),
        startedAt: time,
        bootIdBefore: fc.constantFrom(firstBoot, 'boot-2'),
        result: fc.constantFrom('done', 'rejected', 'unknown'),
        detail: fc.constant(''),
        evidenceAfter: fc.nat(9),
      }),
    ),
    fc.record(is('attemptSpent', { at: time, reason, nextRung: fc.nat(3), nextSpent: fc.nat(2) })),
    fc.record(is('looked', { at: time, finding })),
    fc.record(is('waitStarted', { at: time, reason, until: time })),
    fc.record(is('waited', { at: time })),
    fc.record(is('interrupted', { at: time, command })),
    fc.record(is('refused', { at: time, reason, detail: fc.constant(''), finding })),
    fc.record(is('failed', { at: time, command, detail: fc.constant('') })),
    fc.record(is('concluded', { at: time, ending })),
    fc.record(is('restored', { at: time, node: fc.constantFrom('returned', 'kept', 'left') })),
    fc.record(is('permitReleased', { at: time })),
    fc.record(
      is('closed', { at: time, outcome: fc.constantFrom('escalated', 'repaired'), reason }),
    ),
  );
  const anyState = fc
    .tuple(anyOpening, fc.array(anyEvent, { maxLength: 40 }))
    .map(([opened, events]) => ({ opened, state: events.reduce(evolve, initialState(opened)) }));

  test('there is exactly one decision, always the same, and it changes nothing', () => {
    fc.assert(
      fc.property(anyState, time, ({ opened, state }, now) => {
        const before = structuredClone(state);
        const decision = decide(state, opened.policy, now);
        expect(decide(state, opened.policy, now)).toEqual(decision);
        expect(state).toEqual(before);
      }),
    );
  });

  test('a closed repair stays closed', () => {
    fc.assert(
      fc.property(anyState, anyEvent, ({ state }, event) => {
        const closed = { ...state, phase: 'closed' } as const;
        expect(evolve(closed, event)).toBe(closed);
      }),
    );
  });

  test('only waits and migrations can be interrupted', () => {
    fc.assert(
      fc.property(anyState, anyEvent, ({ opened, state }, event) => {
        const running = decide(state, opened.policy, at(0));
        expect(interrupts(running, event) && !['wait', 'migrate'].includes(running.kind)).toBe(
          false,
        );
      }),
    );
  });
});
