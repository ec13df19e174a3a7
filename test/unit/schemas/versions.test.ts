/**
 * State outlives versions: records as version 1.0 wrote them are read and rewritten by today's code, and what a newer
 * minor version added is neither refused nor lost when today's code rewrites it.
 */
import { describe, expect, it } from 'vitest';
import { noteOf } from '../../../cli/words/events.ts';
import { decide as decideDispatch } from '../../../domain/dispatch/decide.ts';
import { evolve as evolveRecord } from '../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import { evolve as evolveLedger } from '../../../domain/guard/evolve.ts';
import { fold } from '../../../domain/repair/evolve.ts';
import type { RepairEvent, RepairOpening } from '../../../domain/repair/types.ts';
import { parseEngineRecord } from '../../../schemas/wire/engineRecord.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import {
  asRepairEntry,
  formatJournalLine,
  parseJournalLine,
} from '../../../schemas/wire/journalLine.ts';
import { at, opening, policy } from '../../support/given.ts';
import { nodeFacts } from '../../support/nodes.ts';
import { faultEvent } from '../../support/samples.ts';
import { written } from '../../support/written.ts';

function read<T>(parse: (value: unknown) => T | undefined, value: unknown): T {
  const parsed = parse(JSON.parse(JSON.stringify(value)));
  if (parsed === undefined) throw new Error('this version cannot read it');
  return parsed;
}

/** A fault after all that the record holds. */
const news = {
  event: faultEvent({ ...written.reporter, counter: 900, verdict: 'healthy' }),
  sequence: 200,
  storedAt: at(10),
};

describe('records that version 1.0 wrote', () => {
  it.each([
    ['episode', parseEpisodeRecord, written.episode],
    ['ledger', parseGuardRecord, written.ledger],
    ['waiter', parseGuardRecord, written.waiter],
    ['engine', parseEngineRecord, written.engine],
  ] as const)('%s: is read as it was written', (_name, parse, value) => {
    expect(read<unknown>(parse, value)).toEqual(value);
  });

  it('journal: each line is read, and folds to the state it told', () => {
    const events = written.journal.flatMap((text) => {
      const line = parseJournalLine(text);
      if (!line.ok) throw new Error(line.why);
      return asRepairEntry(line.value)?.events ?? [];
    });
    expect(fold(opening(), events)).toMatchObject({ phase: 'closed', outcome: 'repaired' });
  });
});

describe('records that a newer minor version wrote', () => {
  const newer = {
    ...written.episode,
    version: 1.4,
    zone: 'eu-west-1a',
    episode: { ...written.episode.episode, outcome: 'postponed', reason: 'rack-closed', ticket: 7 },
    ignored: { reason: 'rack-closed', since: 1, by: 'rack-9' },
    reports: [
      { ...written.episode.reports[0], check: 'Other', verdict: 'suspected', sensor: { id: 1 } },
      { ...written.episode.reports[0], severity: 3 },
    ],
  };

  it('are kept whole when this version rewrites them', () => {
    const rewritten = evolveRecord(read(parseEpisodeRecord, newer), {
      kind: 'reported',
      fault: news,
      bootId: news.event.bootId,
      soakMs: 0,
      at: at(10),
    });
    const back = read<EpisodeRecord>(parseEpisodeRecord, rewritten);
    expect(back).toMatchObject({
      version: 1.4,
      zone: 'eu-west-1a',
      episode: newer.episode,
      ignored: newer.ignored,
      reports: [newer.reports[0], { severity: 3, counter: 900 }],
    });
  });

  it('an outcome nobody knows here keeps automation away', () => {
    const record = read(parseEpisodeRecord, newer);
    const { node, nodeUid } = record;
    const context = {
      node: nodeFacts({ name: node, uid: nodeUid }),
      policies: [policy({ holdDownMs: 0 })],
      mode: 'act',
    } as const;
    expect(decideDispatch(record, context, at(1_000))).toMatchObject({ reason: 'handed-over' });
  });

  it('a verdict nobody knows here is neither faulty nor healthy', () => {
    const rewritten = evolveRecord(read(parseEpisodeRecord, newer), {
      kind: 'reported',
      fault: news,
      bootId: news.event.bootId,
      soakMs: 0,
      at: at(10),
    });
    expect(rewritten.healthySince).toBeUndefined();
  });

  it('a ledger keeps what was noted beside permits', () => {
    const { permits } = written.ledger.ledger;
    const ledger = { version: 1.2, zones: { a: 1 }, permits: [{ ...permits[0], rack: 'r9' }] };
    const record = read(parseGuardRecord, { kind: 'ledger', ledger, signature: 'x' });
    if (record.kind !== 'ledger') throw new Error('no ledger');
    const permit = { repairId: 'r-2', node: 'n', nodeUid: 'u', grantedAt: 1 };
    const grown = evolveLedger(record.ledger, { kind: 'granted', permit });
    expect(grown).toEqual({ ...ledger, permits: [...ledger.permits, permit] });
  });

  it('keys that this version does not know are left alone, and are not corrupt', () => {
    expect(read(parseGuardRecord, { kind: 'breaker', open: true })).toEqual({ kind: 'other' });
    expect(read(parseGuardRecord, written.engine)).toEqual({ kind: 'other' });
  });

  it('an engine that announces more is read', () => {
    expect(
      read(parseEngineRecord, { ...written.engine, mode: 'rehearse', zones: 3 }),
    ).toMatchObject({
      mode: 'rehearse',
      zones: 3,
    });
  });

  it('journal lines with new fields, phases and events are read and folded', () => {
    const line = {
      ...(JSON.parse(written.journal[1] ?? '') as object),
      version: 1.3,
      to: 'cooling',
      weight: 2,
      repeated: { times: 2, until: 9, every: 1 },
      events: [
        { kind: 'coolingStarted', degrees: 40, at: 1 },
        { kind: 'permitGranted', out: 0, limit: 5, at: 2, zone: 'a' },
      ],
    };
    const parsed = parseJournalLine(JSON.stringify(line));
    expect(parsed).toEqual({ ok: true, value: line });
    const entry = parsed.ok ? asRepairEntry(parsed.value) : undefined;
    expect(entry).toEqual(line);
    expect(fold(opening(), entry?.events ?? [])).toMatchObject({ permit: true });
  });
});

describe('what no version 1 can have written', () => {
  it.each([
    [parseEpisodeRecord, { ...written.episode, version: 2 }],
    [parseEpisodeRecord, { ...written.episode, nodeUid: 7 }],
    [parseEpisodeRecord, { ...written.episode, reports: [{ check: 'A', verdict: '' }] }],
    [parseGuardRecord, { kind: 'ledger', ledger: { version: 2, permits: [] } }],
    [parseGuardRecord, { kind: 'waiter', repairId: '' }],
    [parseGuardRecord, 'text'],
    [parseEngineRecord, { kind: 'engine' }],
  ] as const)('is not read as a record (%#)', (parse, value) => {
    expect(parse(value)).toBeUndefined();
  });

  it('is not written either', () => {
    const line = { ...(JSON.parse(written.journal[1] ?? '') as object), to: 'cooling' };
    expect(formatJournalLine(line as never).ok).toBe(false);
  });
});

describe('events that this version does not know', () => {
  it('change nothing in the state of a repair', () => {
    const own: RepairOpening = opening();
    const strange = { kind: 'coolingStarted', at: at(1) } as unknown as RepairEvent;
    const turn = { at: at(1), commands: 1 };
    expect(fold(own, [strange])).toEqual({ ...fold(own, []), turn });
    expect(noteOf(strange, [])).toBe('coolingStarted (unknown to this version)');
  });
});
