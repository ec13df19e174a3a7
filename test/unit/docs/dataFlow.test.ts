/** The samples of docs/DATA_FLOW.md, each read by the code that reads it in production. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventId, repairId } from '../../../event-hub/index.ts';
import { isolationMark } from '../../../domain/marks.ts';
import { phases } from '../../../domain/vocabulary/repair.ts';
import { marks } from '../../../domain/vocabulary/marks.ts';
import type { NodeFacts } from '../../../domain/node.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { formatFaultEvent, parseFaultEvent } from '../../../schemas/wire/faultEvent.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import { parseBmcCall } from '../../../schemas/local/hardware.ts';
import { asRepairEntry, parseJournalLine } from '../../../schemas/wire/journalLine.ts';

const page = readFileSync(new URL('../../../docs/DATA_FLOW.md', import.meta.url), 'utf8');
const samples = [...page.matchAll(/```json ([\w-]+)\n(.*?)```/gs)].map(
  ([, kind = '', text = '']) => ({ kind, text }),
);

function readMark(text: string): unknown {
  const facts = { marks: { [marks.isolation]: text } } as unknown as NodeFacts;
  return isolationMark(facts);
}

/** What each reader answers for a text that it does not understand is never a value. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'fault-event': (text) =>
    JSON.parse(valueOf(formatFaultEvent(valueOf(parseFaultEvent(text))))) as unknown,
  'episode-record': (text) => parseEpisodeRecord(JSON.parse(text)),
  'journal-line': (text) => {
    const line = valueOf(parseJournalLine(text));
    return line && asRepairEntry(line);
  },
  'guard-record': (text) => parseGuardRecord(JSON.parse(text)),
  'isolation-mark': readMark,
  'bmc-call': parseBmcCall,
};

function valueOf<T>(parsed: { ok: true; value: T } | { ok: false; why: string }): T {
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}

describe('docs/DATA_FLOW.md', () => {
  it('has a sample of every kind that goes over a wire', () => {
    expect(new Set(samples.map(({ kind }) => kind))).toEqual(new Set(Object.keys(readers)));
  });

  it.each(samples)('shows a $kind that is read, and loses nothing', ({ kind, text }) => {
    const read = readers[kind]!(text);
    expect(read).toEqual(JSON.parse(text));
  });

  it('shows no mark that stands for an unreadable one', () => {
    expect(readMark('{}')).toMatchObject({ repair: 'unreadable' });
    const { text } = samples.find(({ kind }) => kind === 'isolation-mark')!;
    expect(readMark(text)).not.toMatchObject({ repair: 'unreadable' });
  });

  it('shows ids as they are made', () => {
    const { text } = samples.find(({ kind }) => kind === 'fault-event')!;
    const event = valueOf(parseFaultEvent(text));
    expect(event.id).toBe(eventId(event));
    const { cluster, nodeUid } = event;
    expect(page).toContain(repairId({ cluster, nodeUid, openingEventId: event.id }));
  });

  it('names the phases in their order', () => {
    expect(page).toContain(phases.join(' → '));
  });
});
