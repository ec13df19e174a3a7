import { expect, expectTypeOf, test } from 'vitest';
import { lineOf } from '../../../domain/journal.ts';
import type { LineHead, Subject } from '../../../domain/journal.ts';
import { formatJournalLine, parseJournalLine } from '../../../schemas/wire/journalLine.ts';

const decision = { sequence: 3, at: 5, command: { kind: 'hold' }, events: [], by: 'ada' } as const;
const place = { cluster: 'c-1', node: 'n-1' };

test.each<[string, Subject, Partial<LineHead>]>([
  ['a repair', { kind: 'node', id: 'r-1', ...place }, { repairId: 'r-1', ...place }],
  ['a node', { kind: 'node', ...place }, place],
  ['a cluster', { kind: 'cluster', cluster: 'c-1' }, { cluster: 'c-1' }],
])('a line about %s names it, and comes back from the wire', (_what, subject, head) => {
  const line = lineOf(subject, decision);
  expect(line).toEqual({ version: 1, ...head, ...decision });
  const text = formatJournalLine(line);
  expect(parseJournalLine(text.ok ? text.value : '')).toEqual({ ok: true, value: line });
});

test('a line about a repair surely names repair and node', () => {
  const line = lineOf({ kind: 'node', id: 'r-1', ...place }, decision);
  expectTypeOf(line.repairId).toEqualTypeOf<string>();
  expectTypeOf(line.node).toEqualTypeOf<string>();
});

test('the phases of a repair are known, those of any other subject are its own', () => {
  const cooling = { ...decision, from: 'planned', to: 'cooling' };
  expect(formatJournalLine(lineOf({ kind: 'cluster', cluster: 'c-1' }, cooling)).ok).toBe(true);
  const refused = formatJournalLine(lineOf({ kind: 'node', id: 'r-1', ...place }, cooling));
  expect(refused.ok ? '' : refused.why).toContain('phases of a repair');
});
