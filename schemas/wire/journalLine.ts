/** The wire form of a journal entry: a strict envelope around what `domain/` decided (ADR 3). */
import { z } from 'zod';
import type { Decision, LineHead } from '../../domain/journal.ts';
import type {
  Command,
  JournalEntry,
  Recorded,
  RepairEvent,
  RepairOpening,
} from '../../domain/repair/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { phases, type Phase } from '../../domain/vocabulary/repair.ts';
import { explain, parseJson, type Parsed } from '../parsed.ts';
import { majorVersion, openCode } from '../tolerant.ts';

/** Commands and events are kept whole: their shapes belong to `domain/` and grow with it. */
const kinded = z.looseObject({ kind: z.string().min(1) });
const epochMs = z.int().min(0);
const word = z.string().min(1).max(64);

const lineSchema = z.strictObject({
  version: z.literal(1),
  repairId: z.string().min(1).max(64).exactOptional(),
  cluster: z.string().min(1).max(253),
  node: z.string().min(1).max(253).exactOptional(),
  sequence: z.int().min(0),
  at: epochMs,
  command: kinded,
  from: word.exactOptional(),
  to: word.exactOptional(),
  reason: z.string().max(1024).exactOptional(),
  events: z.array(kinded.extend({ at: epochMs })),
  by: z.string().min(1).max(256),
  repeated: z.strictObject({ times: z.int().min(2), until: epochMs }).exactOptional(),
  opening: z.looseObject({}).exactOptional(),
});

/** What is written: a repair has the phases of this version, any other subject its own. */
const writtenLineSchema = lineSchema.refine(hasOwnPhases, {
  path: ['to'],
  error: 'from and to must be phases of a repair',
});

function hasOwnPhases({ repairId, from, to }: z.infer<typeof lineSchema>): boolean {
  return repairId === undefined || [from, to].every((one) => one === undefined || isPhase(one));
}

/** What is read may be of a newer minor version. */
const journalLineSchema = lineSchema.loose().extend({
  version: majorVersion(1),
  from: openCode<string>().exactOptional(),
  to: openCode<string>().exactOptional(),
  repeated: z.looseObject({ times: z.int().min(2), until: epochMs }).exactOptional(),
});

/** One line of JOURNAL: an entry of a repair, or what was decided without one. */
export type JournalLine = LineHead &
  Decision & {
    /** How often the same came of the same command, and until when; `events` are the last ones. */
    readonly repeated?: { readonly times: number; readonly until: EpochMs };
    /** In the first entry of a repair alone. */
    readonly opening?: object;
  };

/** Reads one line from its wire form; never throws. */
export function parseJournalLine(text: string): Parsed<JournalLine> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const line = journalLineSchema.safeParse(json.value);
  return line.success ? { ok: true, value: line.data } : { ok: false, why: explain(line.error) };
}

/** Far below what the hub takes, and more than any entry needs. */
const longestLine = 256 * 1024;

/**
 * The same, but what can never be journaled is replaced by a stub that says so: an entry that is refused for ever would
 * keep its repair open for ever. Refused is only what names no place in the journal.
 */
export function formatLineOrStub(line: JournalLine): Parsed<string> {
  const whole = formatJournalLine(line);
  if (whole.ok && whole.value.length <= longestLine) return whole;
  const why = whole.ok ? `longer than ${longestLine} characters` : whole.why;
  return formatJournalLine(stubOf(line, why));
}

/** Writes one line in its wire form, or says why it cannot be read back. */
export function formatJournalLine(line: JournalLine): Parsed<string> {
  const text = JSON.stringify(line);
  const json = parseJson(text);
  if (!json.ok) return json;
  const written = writtenLineSchema.safeParse(json.value);
  return written.success ? { ok: true, value: text } : { ok: false, why: explain(written.error) };
}

function stubOf(line: JournalLine, why: string): JournalLine {
  const { version, repairId, cluster, node, sequence, at, from, to } = line;
  const isStep = [from, to].every((phase) => phase !== undefined && isPhase(phase));
  return {
    version,
    cluster,
    sequence,
    at,
    ...(repairId !== undefined && { repairId }),
    ...(node !== undefined && { node }),
    ...(isStep && from && to && { from, to }),
    command: { kind: 'unwritable' },
    reason: `This entry could not be journaled: ${why}`.slice(0, 1024).toWellFormed(),
    events: [],
    by: 'slipway',
  };
}

function isPhase(text: string): boolean {
  return phases.some((phase) => phase === text);
}

/** Of commands and events only the kinds are checked: `domain/` wrote them. */
const repairEntrySchema = journalLineSchema.extend({
  repairId: z.string(),
  node: z.string(),
  command: z.custom<Command | Recorded>(isKinded),
  from: openCode<Phase>(),
  to: openCode<Phase>(),
  events: z.array(z.custom<RepairEvent>(isKinded)),
  opening: z.custom<RepairOpening>(isObject).exactOptional(),
});

/** The line as an entry of a repair, or undefined if it is none. */
export function asRepairEntry(line: JournalLine): JournalEntry | undefined {
  return repairEntrySchema.safeParse(line).data;
}

function isKinded(value: unknown): boolean {
  return kinded.safeParse(value).success;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
