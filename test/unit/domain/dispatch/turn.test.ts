/** One turn of a record: what it becomes and what follows, by what is seen now. */
import { describe, expect, test } from 'vitest';
import { emptyRecord, evolve } from '../../../../domain/dispatch/evolve.ts';
import { soakMsOf, turnOf, wellAt } from '../../../../domain/dispatch/turn.ts';
import type { TurnContext } from '../../../../domain/dispatch/turn.ts';
import type { EpisodeRecord } from '../../../../domain/dispatch/types.ts';
import { policyDefaults } from '../../../../domain/repair/policy.ts';
import { at, fault, policy } from '../../../support/given.ts';
import { nodeFacts } from '../../../support/nodes.ts';

const soakMs = policy().soakMs;

function reported(): EpisodeRecord {
  const { bootId } = fault;
  const stored = { event: fault, sequence: 7, storedAt: at(0) };
  return evolve(emptyRecord(fault), {
    kind: 'reported',
    fault: stored,
    bootId,
    soakMs,
    at: at(0),
  });
}

function context(changes: Partial<TurnContext> = {}): TurnContext {
  return {
    node: nodeFacts(),
    policies: [policy({ holdDownMs: 0 })],
    mode: 'act',
    idOf: ({ openingEventId }) => `r of ${openingEventId}`,
    ...changes,
  };
}

describe('given a fault that a policy names', () => {
  test('an episode is opened by the event, and its repair has heard all there is', () => {
    const { record, decision } = turnOf(reported(), context(), at(100));
    expect(decision).toMatchObject({ kind: 'open', eventId: fault.id });
    expect(record.episode).toMatchObject({
      repairId: `r of ${fault.id}`,
      openedAt: at(100),
      toldThrough: record.place,
    });
  });

  test('another turn opens nothing more and changes nothing', () => {
    const { record } = turnOf(reported(), context(), at(100));
    const again = turnOf(record, context(), at(100));
    expect(again.decision.kind).toBe('inform');
    expect(again.record.episode).toEqual(record.episode);
  });

  test('what was only observed is acted on under another id', () => {
    const { record } = turnOf(reported(), context({ mode: 'observe' }), at(100));
    const { repairId } = record.episode!;
    const closed = evolve(record, {
      kind: 'closed',
      repairId,
      outcome: 'observed',
      reason: 'observe-mode',
      at: at(200),
    });
    const { record: acted } = turnOf(closed, context(), at(300));
    expect(acted.episode?.repairId).toBe(`r of ${fault.id} after ${repairId}`);
  });
});

describe('given a repair that ended', () => {
  const { record } = turnOf(reported(), context(), at(100));
  const { repairId } = record.episode!;
  const closed = evolve(record, {
    kind: 'closed',
    repairId,
    outcome: 'repaired',
    reason: 'healed',
    rung: 0,
    isolated: true,
    at: at(200),
  });

  test('a fault that comes back soon goes on with what was tried last', () => {
    const event = { ...fault, id: 'e-again', counter: fault.counter + 1 };
    const again = evolve(closed, {
      kind: 'reported',
      fault: { event, sequence: 8, storedAt: at(210) },
      bootId: fault.bootId,
      soakMs,
      at: at(210),
    });
    const turn = turnOf(again, context(), at(300));
    expect(turn.decision.kind).toBe('open');
    expect(turn.record.episode?.relapse).toMatchObject({ repairId, times: 2 });
  });

  test('a hand-over is not over before the node is well', () => {
    expect(wellAt(closed, [policy()])).toBeUndefined();
    expect(soakMsOf(closed, [policy({ soakMs: 7_000 })])).toBe(7_000);
  });
});

test('a node that is not there is no reason to open anything, and the record says so', () => {
  const { record, decision } = turnOf(reported(), context({ node: undefined }), at(100));
  expect(decision).toEqual({ kind: 'ignore', reason: 'node-unknown' });
  expect(record.ignored?.reason).toBe('node-unknown');
  expect(record.episode).toBeUndefined();
});

test('without an episode the default soak counts, and no hand-over is over', () => {
  expect(soakMsOf(undefined, [policy()])).toBe(policyDefaults.soakMs);
  expect(wellAt(reported(), [policy()])).toBeUndefined();
});
