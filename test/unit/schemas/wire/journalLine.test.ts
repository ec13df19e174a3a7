import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  asRepairEntry,
  formatJournalLine,
  formatLineOrStub,
  parseJournalLine,
} from '../../../../schemas/wire/journalLine.ts';
import type { JournalEntry } from '../../../../domain/repair/types.ts';
import type { JournalLine } from '../../../../schemas/wire/journalLine.ts';
import { journalLine } from '../../../support/samples.ts';

describe('journal entry on the wire', () => {
  it('comes back as it went out, with whatever commands and events hold', () => {
    const command = { kind: 'runRung', rung: 0, deep: { n: [1] } };
    const entry = journalLine({
      command,
      reason: 'still-faulty',
      opening: { policy: { soakMs: 1 } },
    });
    const text = formatJournalLine(entry);
    expect(parseJournalLine(text.ok ? text.value : '')).toEqual({ ok: true, value: entry });
  });

  it('needs no repair', () => {
    const { repairId, ...entry } = journalLine();
    expect(repairId).toBeDefined();
    expect(formatJournalLine(entry).ok).toBe(true);
  });

  it.each([
    [{ version: 2 }, 'version'],
    [{ sequence: -1 }, 'sequence'],
    [{ command: {} }, 'command.kind'],
    [{ events: [{ kind: 'isolated' }] }, 'events[0].at'],
  ])('refuses %o by its place', (change, place) => {
    const parsed = parseJournalLine(JSON.stringify({ ...journalLine(), ...change }));
    expect(parsed.ok ? '' : parsed.why).toContain(place);
  });

  it('refuses what is not JSON', () => {
    expect(parseJournalLine('{').ok).toBe(false);
  });

  it('drops what has no value', () => {
    const line = { ...journalLine(), reason: undefined } as unknown as JournalLine;
    const text = formatJournalLine(line);
    expect(parseJournalLine(text.ok ? text.value : '').ok).toBe(true);
  });
});

describe('the entry of a repair', () => {
  it('is a line with repair, node and phases', () => {
    const entry = { ...journalLine(), from: 'isolating', to: 'tagging' } as const;
    expect(asRepairEntry(entry)).toEqual(entry);
  });

  it('is what the domain journals', () => {
    expectTypeOf<JournalEntry>().toExtend<JournalLine>();
    expectTypeOf<ReturnType<typeof asRepairEntry>>().toEqualTypeOf<JournalEntry | undefined>();
  });

  it('is not what was decided without a repair', () => {
    expect(asRepairEntry(journalLine())).toBeUndefined();
  });
});

describe('a line that can never be journaled', () => {
  const told = (line: JournalLine) => {
    const text = formatLineOrStub(line);
    if (!text.ok) throw new Error(text.why);
    const back = parseJournalLine(text.value);
    if (!back.ok) throw new Error(back.why);
    return back.value;
  };

  it.each<[string, Partial<JournalLine>]>([
    ['an author of 300 characters', { by: 'n'.repeat(300) }],
    ['an event without a time', { events: [{ kind: 'isolated' } as never] }],
    ['a command without a kind', { command: {} as never }],
    ['a phase that nobody knows', { from: 'cooling', to: 'cooling' }],
    ['half a megabyte of events', { events: [{ kind: 'x'.repeat(500_000), at: 1 }] }],
  ])('because of %s is a stub that says so, in its place', (_what, changes) => {
    const line = journalLine({ from: 'tagging', to: 'tagging', ...changes });
    const stub = told(line);
    expect(stub).toMatchObject({ repairId: line.repairId, sequence: line.sequence, at: line.at });
    expect(stub.command.kind).toBe('unwritable');
    expect(stub.reason).toMatch(/^This entry could not be journaled: /);
    expect(stub.events).toEqual([]);
  });

  it('is written as it is where it can be', () => {
    const line = journalLine();
    expect(told(line)).toEqual(line);
  });

  it('is refused only where it names no place', () => {
    expect(formatLineOrStub(journalLine({ sequence: -1 })).ok).toBe(false);
  });
});
