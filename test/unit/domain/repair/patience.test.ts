/** Every repair ends: what makes no progress is handed over, and a spin is cut. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../../domain/repair/decide.ts';
import { evolve } from '../../../../domain/repair/evolve.ts';
import { mostCommandsAtOnce, stuckAt } from '../../../../domain/repair/patience.ts';
import { lossReasons } from '../../../../domain/repair/types.ts';
import type { Command, RepairEvent, RepairState } from '../../../../domain/repair/types.ts';
import { phases } from '../../../../domain/vocabulary/repair.ts';
import { reasonCodes } from '../../../../domain/vocabulary/reasons.ts';
import type { ReasonCode } from '../../../../domain/vocabulary/reasons.ts';
import {
  after,
  at,
  attempted,
  given,
  granted,
  isolated,
  opening,
  policy,
  untilIsolated,
  untilMoved,
} from '../../../support/given.ts';

const hour = 3_600;
const day = 24 * hour;
function refusal(seconds: number, reason: ReasonCode): RepairEvent {
  return after(seconds, { kind: 'refused', reason, detail: 'so it is' });
}

describe('no progress', () => {
  test('for a day is handed over, and says in which phase and why', () => {
    const { when } = given([granted, refusal(2, 'node-unreadable'), refusal(8, 'node-unreadable')]);
    when(1 + day - 1).decides({ kind: 'preflight' });
    when(1 + day).decides({
      kind: 'conclude',
      outcome: 'escalated',
      reason: 'stuck',
      node: 'leave',
      detail: 'no progress in phase isolating: node-unreadable, 2 times',
      stuck: true,
    });
  });

  test.each<[ReasonCode, number]>([
    ['paused', 30 * day],
    ['cordon-refused', hour],
    ['hub-unreadable', day],
  ])('while %s lasts %i s', (reason, seconds) => {
    expect(stuckAt(given([granted, refusal(2, reason)]).state)).toBe(at(1 + seconds));
  });

  test('a permit that never comes free ends the wait after a week', () => {
    const full = after(1, { kind: 'permitRefused', reason: 'budget-full', out: 1, limit: 1 });
    given([full])
      .when(7 * day - 1)
      .decides({ kind: 'requestPermit' });
    given([full])
      .when(7 * day)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'stuck',
        node: 'leave',
        detail: 'no progress in phase awaiting-permit: budget-full, 1 times',
        stuck: true,
      });
  });

  test('keeps a node that is out', () => {
    given([...untilIsolated, refusal(4, 'paused')])
      .when(2 + 30 * day)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'stuck',
        node: 'keep',
        detail: 'no progress in phase tagging: paused, 1 times',
        stuck: true,
      });
  });

  test('observed, is only said', () => {
    given([granted], { mode: 'observe' })
      .when(1 + day)
      .decides({
        kind: 'conclude',
        outcome: 'observed',
        reason: 'observe-mode',
        node: 'leave',
        detail: 'would have ended as escalated (stuck)',
        stuck: true,
      });
  });

  test('of an end that cannot be carried out closes the repair all the same', () => {
    const ending = { outcome: 'repaired', reason: 'healed', node: 'return' } as const;
    const returning = after(100, { kind: 'concluded', ending });
    const refused = refusal(101, 'hub-unreadable');
    given([...untilMoved, returning, refused])
      .when(100 + day)
      .decides({
        kind: 'conclude',
        outcome: 'escalated',
        reason: 'stuck',
        node: 'keep',
        detail: 'no progress in phase returning: hub-unreadable, 1 times',
        stuck: true,
      });
    const stuck = { outcome: 'escalated', reason: 'stuck', node: 'keep', stuck: true } as const;
    const handedOver = after(100 + day, { kind: 'concluded', ending: stuck });
    const { when } = given([...untilMoved, returning, refused, handedOver]);
    when(100 + day).decides({ kind: 'restore' });
    when(100 + 2 * day).decides({ kind: 'close' });
  });

  test('is counted anew from each step that came to something', () => {
    const found = after(50, { kind: 'podsLeft', left: 2, blockers: [] });
    expect(
      given([...untilIsolated, after(3, { kind: 'podsTagged', pods: 4 }), found]).state,
    ).toMatchObject({
      progressAt: at(50),
    });
    expect(given([...untilMoved, attempted()]).state.progressAt).toBe(at(10));
  });
});

describe('commands that take no time', () => {
  const spin = (state: RepairState, now: number): readonly Command[] => {
    const commands: Command[] = [];
    for (let current = state; current.phase !== 'closed' && commands.length < 500;) {
      const command = decide(current, opening().policy, now);
      commands.push(command);
      current = evolve(current, { ...cutShort(current, command), at: now });
    }
    return commands;
  };

  /** What a cancelled activity would answer, for ever: nothing was done. */
  const cutShort = (state: RepairState, command: Command): RepairEvent => {
    const now = 0;
    if (command.kind === 'conclude') {
      const { kind: _, ...ending } = command;
      return { kind: 'concluded', ending, at: now };
    }
    if (command.kind === 'close' && state.ending)
      return {
        kind: 'closed',
        outcome: state.ending.outcome,
        reason: state.ending.reason,
        at: now,
      };
    return { kind: 'interrupted', command: command.kind, at: now };
  };

  test('end in a hand-over', () => {
    const commands = spin(given([granted, isolated]).state, at(5));
    expect(commands.length).toBeLessThan(mostCommandsAtOnce + 5);
    expect(commands.at(-2)).toMatchObject({ kind: 'conclude', reason: 'stuck', node: 'keep' });
    expect(commands.at(-1)).toEqual({ kind: 'close' });
  });

  test('from whatever state', () => {
    fc.assert(
      fc.property(anyState, fc.nat(3_000), (state, seconds) => {
        const now = Math.max(at(seconds), state.progressAt);
        expect(spin(state, now).length).toBeLessThan(mostCommandsAtOnce + 5);
      }),
      { numRuns: 500 },
    );
  });

  test('are never waits for a time that has come', () => {
    fc.assert(
      fc.property(anyState, fc.nat(3_000), (state, seconds) => {
        const command = decide(state, policy(), at(seconds));
        const until = command.kind === 'wait' ? command.until : Number.POSITIVE_INFINITY;
        expect(until).toBeGreaterThan(at(seconds));
      }),
      { numRuns: 500 },
    );
  });
});

const moment = fc.nat(3_000).map(at);
function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

/** Any combination of fields, also those that no history leads to. */
const anyState: fc.Arbitrary<RepairState> = fc
  .record({
    phase: fc.constantFrom(...phases.filter((phase) => phase !== 'closed')),
    permit: fc.boolean(),
    isolated: fc.boolean(),
    doubtful: fc.boolean(),
    ready: fc.boolean(),
    verdict: fc.constantFrom('faulty' as const, 'healthy' as const, 'unknown' as const),
    pods: fc.record({
      tagged: fc.boolean(),
      moved: fc.boolean(),
      left: fc.nat(3),
      blockers: fc.constant([]),
      passes: fc.nat(3),
      askAgainAt: fc.nat(9),
      staying: fc.constant([]),
      latecomers: fc.constant([]),
    }),
    rung: fc.nat(3),
    spent: fc.nat(2),
    attempts: fc.nat(3),
    migratingSince: maybe(moment),
    verifyingSince: maybe(moment),
    healthySince: maybe(moment),
    unknownSince: maybe(moment),
    lookedAt: maybe(moment),
    cancelled: fc.boolean(),
    lost: maybe(fc.constantFrom(...lossReasons)),
    refused: maybe(fc.record({ reason: fc.constantFrom(...reasonCodes), lookAgainAt: moment })),
    ending: maybe(fc.constantFrom('return' as const, 'keep' as const, 'leave' as const)),
    restored: fc.boolean(),
    released: fc.boolean(),
  })
  .map(({ verdict, cancelled, lost, refused, ending, ...fields }) => {
    const { state } = given([]);
    return {
      ...state,
      ...fields,
      reports: state.reports.map((report) => ({ ...report, verdict })),
      cancel: cancelled
        ? { by: { name: 'ada', reason: 'x' }, requestId: 'c', at: at(1) }
        : undefined,
      lost: lost && { reason: lost, detail: 'x' },
      refused: refused && { ...refused, at: at(1), times: 1 },
      ending: ending && { outcome: 'escalated', reason: 'ladder-exhausted', node: ending },
    };
  });
