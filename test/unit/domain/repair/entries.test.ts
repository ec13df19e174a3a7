/** The backlog of journal entries: repeats are counted, everything new is told at once, and it stays small. */
import { describe, expect, test } from 'vitest';
import { emptyBacklog, released, withEntry } from '../../../../domain/repair/entries.ts';
import type { Backlog } from '../../../../domain/repair/entries.ts';
import type { JournalEntry, RepairEvent } from '../../../../domain/repair/types.ts';
import type { ReasonCode } from '../../../../domain/vocabulary/reasons.ts';
import { after, at, fault, repairId } from '../../../support/given.ts';

/** Look, wait, look, wait: each cycle 20 s. */
function cycles(count: number, from = 0): readonly JournalEntry[] {
  return Array.from({ length: 2 * count }, (_, index) => {
    const sequence = from + index;
    if (index % 2 === 0) return entry(sequence, { events: [refused(sequence * 10)] });
    const until = at(sequence * 10 + 5);
    const command = { kind: 'wait', reason: 'hub-unreadable', until } as const;
    return entry(sequence, { command, events: [after(sequence * 10, { kind: 'waited' })] });
  });
}

function entry(sequence: number, changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    version: 1,
    repairId,
    cluster: fault.cluster,
    node: fault.node,
    sequence,
    at: at(sequence * 10),
    command: { kind: 'look' },
    from: 'verifying',
    to: 'verifying',
    events: [],
    by: 'slipway',
    ...changes,
  };
}

function refused(seconds: number, reason: ReasonCode = 'hub-unreadable'): RepairEvent {
  return after(seconds, { kind: 'refused', reason, detail: `after ${seconds} s` });
}

function backlogOf(entries: readonly JournalEntry[]): Backlog {
  return entries.reduce(withEntry, emptyBacklog);
}

describe('a refusal that repeats', () => {
  test('is told at once, and from then on counted', () => {
    const { ready, held } = backlogOf(cycles(50));
    expect(ready.map(({ sequence }) => sequence)).toEqual([0, 1]);
    expect(held.map(({ sequence, repeated }) => [sequence, repeated])).toEqual([
      [2, { times: 49, until: at(980) }],
      [3, { times: 49, until: at(990) }],
    ]);
    expect(held[0]?.events).toEqual([refused(980)]);
    expect(held[0]?.at).toBe(at(20));
  });

  test('is told with its count as soon as something else happens', () => {
    const news = entry(100, { events: [refused(1_000, 'paused')] });
    const { ready, held } = withEntry(backlogOf(cycles(50)), news);
    expect(ready.map(({ sequence, repeated }) => [sequence, repeated?.times])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, 49],
      [3, 49],
      [100, undefined],
    ]);
    expect(held).toEqual([]);
  });

  test('is told once an hour while it goes on: a day of it is a few dozen lines, not thousands', () => {
    const { ready } = released(backlogOf(cycles(24 * 180)));
    expect(ready.length).toBeLessThan(60);
    const told = ready.reduce((sum, { repeated }) => sum + (repeated?.times ?? 1), 0);
    expect(told).toBe(2 * 24 * 180);
  });

  test('that comes back after something else is told again', () => {
    const news = entry(4, { events: [refused(40, 'paused')] });
    const { ready } = backlogOf([...cycles(2), news, ...cycles(1, 5)]);
    expect(ready.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('a change of phase is never a repeat', () => {
    const onward = (sequence: number) => entry(sequence, { from: 'isolating', to: 'tagging' });
    const { ready } = backlogOf([onward(0), onward(1), onward(2)]);
    expect(ready.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  });
});

describe('a journal that does not answer', () => {
  const different = Array.from({ length: 500 }, (_, index) =>
    entry(index, { command: { kind: 'runRung', rung: index, attempt: 1 } }),
  );

  test('gets the beginning, the end, and how many entries were left out between', () => {
    const { ready } = backlogOf(different);
    expect(ready.length).toBeLessThanOrEqual(100);
    expect(ready[0]?.sequence).toBe(0);
    expect(ready.at(-1)?.sequence).toBe(499);
    const left = ready.flatMap(({ command }) =>
      command.kind === 'leftOut' ? [command.entries] : [],
    );
    expect(left).toHaveLength(1);
    expect(ready.length - 1 + (left[0] ?? 0)).toBe(500);
    const sequences = ready.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
  });

  test('gets no more bytes than a hub message may have', () => {
    const large = different.slice(0, 60).map((one) => ({ ...one, by: 'x'.repeat(10_000) }));
    expect(JSON.stringify(backlogOf(large).ready).length).toBeLessThan(600_000);
    const few = different.slice(0, 30).map((one) => ({ ...one, by: 'x'.repeat(10_000) }));
    expect(backlogOf(few).ready).toHaveLength(30);
  });
});
