/** The wire form of a journal entry: a strict envelope around what `domain/` decided (DESIGN 5). */
import { z } from 'zod';
import { explain, parseJson, type Parsed } from './parsed.ts';

/** Commands and events are kept whole: their shapes belong to `domain/` and grow with it. */
const kinded = z.looseObject({ kind: z.string().min(1) });
const epochMs = z.int().min(0);

const journalEntrySchema = z.strictObject({
  version: z.literal(1),
  /** Absent for what dispatch decided without a repair. */
  repairId: z.string().min(1).max(64).exactOptional(),
  cluster: z.string().min(1).max(253),
  node: z.string().min(1).max(253).exactOptional(),
  /** Counts the entries of one repair from 0; for an entry without a repair, the FAULTS sequence it answers. */
  sequence: z.int().min(0),
  at: epochMs,
  command: kinded,
  reason: z.string().exactOptional(),
  events: z.array(kinded.extend({ at: epochMs })),
  /** Who decided: a part of Slipway with its version, or a person. */
  by: z.string().min(1).max(256),
  /** In the first entry alone: opening fault, resolved policy, code version. */
  opening: z.record(z.string(), z.unknown()).exactOptional(),
});

export type JournalEntry = Readonly<z.infer<typeof journalEntrySchema>>;

/** Reads one entry from its wire form; never throws. */
export function parseJournalEntry(text: string): Parsed<JournalEntry> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const entry = journalEntrySchema.safeParse(json.value);
  return entry.success ? { ok: true, value: entry.data } : { ok: false, why: explain(entry.error) };
}

/** Writes one entry in its wire form, or says why it cannot be read back. */
export function formatJournalEntry(entry: JournalEntry): Parsed<string> {
  const checked = journalEntrySchema.safeParse(entry);
  if (!checked.success) return { ok: false, why: explain(checked.error) };
  return { ok: true, value: JSON.stringify(checked.data) };
}
