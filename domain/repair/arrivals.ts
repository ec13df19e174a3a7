/** What is said to a repair, read where it arrives: anybody with Temporal's tools may send anything. */
import type { Arrival, CheckReport, Unstamped } from './types.ts';
import { lossReasons } from './types.ts';

type ReadArrival = { readonly repairId: string; readonly arrival: Unstamped<Arrival> };
type Fields = Readonly<Record<string, unknown>>;

/** Longer texts are cut: they are carried in histories and journals. */
const longestName = 128;
const longestText = 512;

/** The arrival that a signal's argument holds, and whom it is for; undefined for anything else. */
export function readSaid(value: unknown): ReadArrival | undefined {
  if (!isFields(value) || typeof value['repairId'] !== 'string') return undefined;
  const arrival = readArrival(value['arrival']);
  return arrival && { repairId: value['repairId'], arrival };
}

const readers: readonly {
  readonly kind: Arrival['kind'];
  readonly read: (fields: Fields) => Unstamped<Arrival> | undefined;
}[] = [
  { kind: 'reported', read: readReported },
  { kind: 'cancelRequested', read: readCancel },
  { kind: 'rebooted', read: readRebooted },
  { kind: 'lost', read: readLost },
  { kind: 'lookAgain', read: readLookAgain },
];

function readArrival(value: unknown): Unstamped<Arrival> | undefined {
  if (!isFields(value)) return undefined;
  const reader = readers.find(({ kind }) => kind === value['kind']);
  return reader?.read(value);
}

function readReported({ report }: Fields): Unstamped<Arrival> | undefined {
  return isReport(report) ? { kind: 'reported', report } : undefined;
}

function isReport(value: unknown): value is CheckReport {
  if (!isFields(value)) return false;
  const { check, verdict, bootId, sequence } = value;
  const isNamed = isWord(check) && isWord(bootId) && typeof sequence === 'number';
  return isNamed && (verdict === 'faulty' || verdict === 'healthy' || verdict === 'unknown');
}

function readCancel({ by, requestId }: Fields): Unstamped<Arrival> | undefined {
  if (!isFields(by) || !isText(by['name']) || !isText(by['reason']) || !isText(requestId))
    return undefined;
  const author = { name: cut(by['name'], longestName), reason: cut(by['reason'], longestText) };
  return { kind: 'cancelRequested', by: author, requestId: cut(requestId, longestName) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readRebooted({ bootId, ready }: Fields): Unstamped<Arrival> | undefined {
  return isWord(bootId) && typeof ready === 'boolean'
    ? { kind: 'rebooted', bootId, ready }
    : undefined;
}

/** A name that is kept as it is, or not at all: cut, it would be another one. */
function isWord(value: unknown): value is string {
  return isText(value) && value !== '' && value.length <= 253;
}

function readLost({ reason, detail }: Fields): Unstamped<Arrival> | undefined {
  const known = lossReasons.find((one) => one === reason);
  return known && isText(detail)
    ? { kind: 'lost', reason: known, detail: cut(detail, longestText) }
    : undefined;
}

function readLookAgain({ because }: Fields): Unstamped<Arrival> | undefined {
  return isText(because) ? { kind: 'lookAgain', because: cut(because, longestText) } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** A signal that could not be read, with its beginning for a person. */
export function misheard(signal: string, value: unknown): Unstamped<Arrival> {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return { kind: 'misheard', detail: `signal ${cut(signal, longestName)}: ${cut(text, 200)}` };
}

/** An author without a name would be nobody; half a character is none. */
function cut(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed() || 'unknown';
}
