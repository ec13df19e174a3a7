import { describe, expect, it } from 'vitest';
import { ticketOf } from '../../../../domain/notices/ticket.ts';
import type { Ticket } from '../../../../domain/notices/types.ts';
import type { Command, JournalEntry, RepairEvent } from '../../../../domain/repair/types.ts';
import type { Outcome } from '../../../../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../../../../domain/vocabulary/reasons.ts';
import { entry, opened } from '../../../support/entries.ts';
import { at, fault, policy, repairId, rung } from '../../../support/given.ts';
import { sampleNode } from '../../../support/samples.ts';

type Rung = Extract<Command, { kind: 'runRung' }>;
function runs(changes: Partial<Rung> = {}): Rung {
  return {
    kind: 'runRung',
    rung: 0,
    attempt: 1,
    ...changes,
  };
}

type Attempted = Extract<RepairEvent, { kind: 'attempted' }>;
function attempted(changes: Partial<Attempted> = {}): Attempted {
  return {
    kind: 'attempted',
    rung: 0,
    number: 1,
    startedAt: at(4),
    bootIdBefore: 'boot-1',
    result: 'done',
    detail: 'the BMC answered 204',
    evidenceAfter: 0,
    at: at(5),
    ...changes,
  };
}

const isolated: RepairEvent = { kind: 'isolated', at: at(2) };
function restored(node: 'returned' | 'kept' | 'left'): RepairEvent {
  return {
    kind: 'restored',
    node,
    at: at(8),
  };
}

/** Numbers the entries, the opening first and the end last, and makes the ticket of them. */
function tell(
  middle: readonly Partial<JournalEntry>[],
  {
    outcome = 'escalated',
    reason = 'ladder-exhausted',
    first = opened(),
  }: { outcome?: Outcome; reason?: ReasonCode; first?: JournalEntry } = {},
): Ticket | undefined {
  const ticket = tellAny(middle, { outcome, reason, first });
  if (ticket === 'unknown') throw new Error('nothing tells how it ended');
  return ticket;
}

type End = { readonly outcome: Outcome; readonly reason: ReasonCode; readonly first: JournalEntry };

function tellAny(middle: readonly Partial<JournalEntry>[], { outcome, reason, first }: End) {
  const between = middle.map((changes, index) => entry({ sequence: index + 1, ...changes }));
  const closing = entry({
    sequence: between.length + 1,
    to: 'closed',
    command: { kind: 'close' },
    events: [{ kind: 'closed', outcome, reason, at: at(9) }],
  });
  return ticketOf(closing, [first, ...between, closing]);
}

function events(...told: readonly RepairEvent[]): Partial<JournalEntry> {
  return { events: told };
}

describe('a ticket', () => {
  it('says what happened, to whom, and since when', () => {
    expect(tell([events(isolated)])).toMatchObject({
      version: 1,
      delivery: `${repairId}/2`,
      repairId,
      cluster: fault.cluster,
      node: sampleNode,
      nodeUid: fault.nodeUid,
      outcome: 'escalated',
      reason: 'ladder-exhausted',
      summary: `${sampleNode}: KernelDeadlock was faulty (DockerHung); Slipway has ended its repair as escalated (ladder-exhausted)`,
      openedAt: at(0),
      endedAt: at(9),
      policy: 'kernel',
      fault,
    });
  });

  it('says no reason of the fault where none was given', () => {
    const first = opened({ fault: { ...fault, reason: '' } });
    expect(tell([], { first })?.summary).toContain('KernelDeadlock was faulty; Slipway');
  });

  it('tells why the repair decided so, cut where that is endless', () => {
    const ending = { outcome: 'escalated', reason: 'wrong-machine', node: 'keep' } as const;
    const detail = '🤖'.repeat(600);
    const told = tell([events({ kind: 'concluded', ending: { ...ending, detail }, at: at(7) })]);
    expect(told?.detail).toHaveLength(1_000);
    expect(told?.detail?.isWellFormed()).toBe(true);
    expect(tell([events({ kind: 'concluded', ending, at: at(7) })])).not.toHaveProperty('detail');
  });

  it('is the same whatever is journaled after the end', () => {
    const end = entry({
      sequence: 1,
      events: [{ kind: 'closed', outcome: 'escalated', reason: 'wrong-machine', at: at(9) }],
    });
    const late = entry({ sequence: 2, events: [attempted()] });
    expect(ticketOf(end, [opened(), end, late])).toEqual(ticketOf(end, [opened(), end]));
  });

  it('is made also of a journal that has lost its beginning', () => {
    const told = tell([events(attempted())], { first: entry({ sequence: 0 }) });
    expect(told).toMatchObject({
      summary: `${sampleNode}: Slipway has ended its repair as escalated (ladder-exhausted)`,
      attempts: [{ rung: 'rung 1', result: 'done' }],
      next: [`slipway why ${sampleNode}`, `slipway repairs show ${repairId}`],
    });
    expect(told).not.toHaveProperty('fault');
    expect(told?.attempts[0]).not.toHaveProperty('driver');
  });

  it('goes by what was decided where the end itself could not be journaled', () => {
    const ending = { outcome: 'escalated', reason: 'wrong-machine', node: 'keep' } as const;
    const decided = entry({ sequence: 1, events: [{ kind: 'concluded', ending, at: at(7) }] });
    const command = { kind: 'unwritable' } as const;
    const stub = entry({ sequence: 2, at: at(8), to: 'closed', command });
    expect(ticketOf(stub, [opened(), decided, stub])).toMatchObject({
      reason: 'wrong-machine',
      endedAt: at(8),
    });
    expect(ticketOf(stub, [opened(), stub])).toBe('unknown');
  });

  it('is not made of what ended well, nor in observe mode, nor without an end', () => {
    expect(tell([], { outcome: 'repaired', reason: 'healed' })).toBeUndefined();
    expect(tell([], { first: opened({ mode: 'observe' }) })).toBeUndefined();
    expect(ticketOf(entry(), [opened(), entry()])).toBeUndefined();
  });
});

describe('the attempts of a ticket', () => {
  it('are all there, each with its answer and why it was given up', () => {
    const told = tell([
      { command: runs() },
      { command: runs(), events: [attempted({ result: 'rejected', code: 'wrong-machine' })] },
      events({
        kind: 'attemptSpent',
        reason: 'rejected-by-driver',
        nextRung: 0,
        nextSpent: 1,
        at: at(6),
      }),
      { command: runs({ attempt: 2 }) },
      { command: runs({ attempt: 2 }), events: [attempted({ number: 2 })] },
    ]);
    const about = { rung: 'reboot', driver: 'redfish', action: 'ForceRestart' };
    expect(told?.attempts).toEqual([
      {
        ...about,
        number: 1,
        at: at(4),
        result: 'rejected',
        detail: 'the BMC answered 204',
        code: 'wrong-machine',
        givenUp: 'rejected-by-driver',
      },
      { ...about, number: 2, at: at(4), result: 'done', detail: 'the BMC answered 204' },
    ]);
  });

  it('name one that was begun and whose answer nobody knows', () => {
    const told = tell([{ command: runs(), at: at(4) }], { reason: 'terminated-outside' });
    expect(told?.attempts).toEqual([
      {
        rung: 'reboot',
        driver: 'redfish',
        action: 'ForceRestart',
        number: 1,
        at: at(4),
        result: 'no answer',
        detail: 'the journal does not tell what came of it',
      },
    ]);
  });

  it('leave out one that was refused before it was made', () => {
    const refused: RepairEvent = { kind: 'refused', reason: 'paused', detail: 'paused', at: at(5) };
    const answer = { command: runs(), events: [attempted()] };
    expect(tell([{ command: runs() }, { command: runs(), events: [refused] }])?.attempts).toEqual(
      [],
    );
    const after = tell([answer, { command: runs(), events: [refused] }]);
    expect(after?.attempts).toHaveLength(1);
  });

  it('tell of one that could not be tried, until it was', () => {
    const notTried = (detail: string): RepairEvent => {
      return { kind: 'notTried', rung: 0, number: 1, detail, at: at(4) };
    };
    const waiting = [
      { command: runs() },
      { command: runs(), events: [notTried('the BMC answered 503')] },
      { command: runs() },
      { command: runs(), events: [notTried('ECONNREFUSED')] },
    ];
    expect(tell(waiting)?.attempts).toMatchObject([
      { result: 'not tried', detail: 'ECONNREFUSED' },
    ]);
    const tried = tell([
      ...waiting,
      { command: runs() },
      { command: runs(), events: [attempted()] },
    ]);
    expect(tried?.attempts).toMatchObject([{ number: 1, result: 'done' }]);
  });

  it('are told by what is there, also where the journal has gaps', () => {
    const spent = { kind: 'attemptSpent', nextRung: 1, nextSpent: 0, at: at(6) } as const;
    const told = tell([
      events({ ...spent, reason: 'still-faulty' }),
      { command: runs() },
      events(attempted({ rung: 1 })),
      events(attempted({ rung: 1, number: 2 })),
    ]);
    expect(told?.attempts.map(({ rung: name, number, result }) => [name, number, result])).toEqual([
      ['reboot', 1, 'no answer'],
      ['power-cycle', 1, 'done'],
      ['power-cycle', 2, 'done'],
    ]);
  });

  it('are the newest ones where there are very many', () => {
    const many = Array.from({ length: 35 }, (_, index) => events(attempted({ number: index + 1 })));
    const told = tell(many);
    expect(told?.earlierAttempts).toBe(5);
    expect(told?.attempts.map(({ number }) => number)).toEqual(
      Array.from({ length: 30 }, (_, index) => index + 6),
    );
  });
});

describe('what stood in the way', () => {
  const blockers = [
    { pod: 'default/web-1', why: 'blocked-by-budget', budgets: ['default/web'] },
  ] as const;
  const left: RepairEvent = { kind: 'podsLeft', left: 2, blockers, at: at(3) };

  it('is told as it was last', () => {
    expect(tell([events(left)])?.pods).toEqual({ left: 2, blockers });
    expect(tell([events(left), events({ kind: 'podsMoved', at: at(4) })])).not.toHaveProperty(
      'pods',
    );
    expect(tell([])).not.toHaveProperty('pods');
  });

  it('and what people said', () => {
    const by = { name: 'ada', reason: 'not today' };
    const said: RepairEvent = { kind: 'cancelRequested', by, requestId: 'q', at: at(3) };
    expect(tell([events(said)], { reason: 'cancelled-mid-repair' })?.said).toEqual([by]);
  });
});

describe('where the node stands', () => {
  it.each<[string, readonly RepairEvent[], boolean, RegExp]>([
    ['never isolated', [], false, /never isolated/],
    ['isolated', [isolated], true, /stays isolated/],
    ['kept for a person', [isolated, restored('kept')], true, /stays isolated/],
    ['given back', [isolated, restored('returned')], false, /in service again/],
    ['taken over', [isolated, restored('left')], false, /took it over/],
  ])('is told: %s', (_, told, isIsolated, text) => {
    const stands = tell([events(...told)])?.stands;
    expect(stands).toEqual({ isolated: isIsolated, text: expect.stringMatching(text) });
  });
});

describe('the commands of a ticket', () => {
  const ways = (told: Ticket | undefined): string[] =>
    (told?.next ?? []).map((line) =>
      line.replace(` ${repairId}`, '').replace(` ${sampleNode}`, ''),
    );
  const looks = ['slipway why', 'slipway repairs show'];
  const onward = 'slipway repairs continue --reason "..."';
  const anew = 'slipway repairs rerun --reason "..."';

  it('continue a ladder that has something left', () => {
    expect(ways(tell([events(attempted())]))).toEqual([...looks, onward, anew]);
  });

  it('run a ladder again that is used up', () => {
    expect(ways(tell([events(attempted({ rung: 1 }))]))).toEqual([...looks, anew]);
  });

  it('begin where a continued repair would have', () => {
    const after = { repairId: 'r-old', firstRung: 2, by: { name: 'ada', reason: 'go on' } };
    expect(ways(tell([], { first: opened({ after }) }))).toEqual([...looks, anew]);
  });

  it('climb no ladder that has no rung, nor one whose journal has a gap', () => {
    const first = opened({ policy: policy({ ladder: [] }) });
    expect(ways(tell([], { first }))).toEqual(looks);
    expect(ways(tell([{ sequence: 7 }, { sequence: 8 }]))).toEqual(looks);
  });

  it('end the hold first, where there is one', () => {
    const held = ['slipway unhold --reason "..."', onward, anew];
    const kubectl = 'kubectl uncordon';
    expect(ways(tell([events(isolated)], { reason: 'held-mid-repair' }))).toEqual([
      ...looks,
      ...held,
      kubectl,
    ]);
    expect(ways(tell([], { outcome: 'cancelled', reason: 'held' }))).toEqual([...looks, ...held]);
  });

  it('take an isolated node back', () => {
    const ladder = [rung()];
    const first = opened({ policy: policy({ ladder }) });
    const told = tell([events(isolated), events(attempted())], { first });
    expect(ways(told)).toEqual([...looks, anew, 'kubectl uncordon']);
  });
});
