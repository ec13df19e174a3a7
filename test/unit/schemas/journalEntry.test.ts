import { describe, expect, it } from 'vitest';
import { formatJournalEntry, parseJournalEntry } from '../../../schemas/journalEntry.ts';
import { journalEntry } from '../../support/samples.ts';

describe('journal entry on the wire', () => {
  it('comes back as it went out, with whatever commands and events hold', () => {
    const entry = journalEntry({
      command: { kind: 'runRung', rung: 'reboot', deep: { n: [1] } },
      reason: 'still-faulty',
      opening: { policy: { soakMs: 1 } },
    });
    const text = formatJournalEntry(entry);
    expect(parseJournalEntry(text.ok ? text.value : '')).toEqual({ ok: true, value: entry });
  });

  it('needs no repair', () => {
    const { repairId, ...entry } = journalEntry();
    expect(repairId).toBeDefined();
    expect(formatJournalEntry(entry).ok).toBe(true);
  });

  it.each([
    [{ version: 2 }, 'version'],
    [{ extra: 1 }, 'extra'],
    [{ sequence: -1 }, 'sequence'],
    [{ command: {} }, 'command.kind'],
    [{ events: [{ kind: 'isolated' }] }, 'events[0].at'],
  ])('refuses %o by its place', (change, place) => {
    const parsed = parseJournalEntry(JSON.stringify({ ...journalEntry(), ...change }));
    expect(parsed.ok ? '' : parsed.why).toContain(place);
  });

  it('refuses what is not JSON', () => {
    expect(parseJournalEntry('{').ok).toBe(false);
  });
});
