/** A foreseen failure as a value, and how it is shown. */
import { errorCatalogue, type CatalogueEntry, type ErrorName } from './errors.ts';
import type { Exit, Flags, Io } from './io.ts';
import { documentOf, formOf, tell } from './show.ts';

export type Failure = {
  readonly kind: 'failure';
  readonly error: ErrorName;
  /** Its place in the catalogue (docs/ERRORS.md). */
  readonly code: string;
  /** One or two sentences: what happened, and where. */
  readonly what: string;
  /** Further lines that belong to it, such as the mistakes of a file one by one. */
  readonly more?: readonly string[];
  /** What to do about it. */
  readonly next: string;
};

type Next<E extends ErrorName> = (typeof errorCatalogue)[E]['next'];

/** What the advice of the catalogue speaks of must be named, so that it can be followed as it stands. */
type About<E extends ErrorName> = (Next<E> extends `${string} NODE${string}`
  ? { readonly node: string }
  : unknown) &
  (Next<E> extends `${string} ID${string}` ? { readonly repairId: string } : unknown);

type AboutIfNeeded<E extends ErrorName> = unknown extends About<E> ? [] : [about: About<E>];

export function failure<E extends ErrorName>(
  error: E,
  what: string,
  ...[about]: AboutIfNeeded<E>
): Failure {
  const entry: CatalogueEntry = errorCatalogue[error];
  return { kind: 'failure', error, code: entry.code, what, next: named(entry.next, about ?? {}) };
}

type Names = { readonly node?: string; readonly repairId?: string };

function named(next: string, { node = 'NODE', repairId = 'ID' }: Names): string {
  return next.replaceAll(/ NODE\b/g, () => ` ${node}`).replaceAll(/ ID\b/g, () => ` ${repairId}`);
}

/** The value, or undefined where there is none to show. */
export function present<T>(value: T | Failure): T | undefined {
  return isFailure(value) ? undefined : value;
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'failure';
}

type Showing = { readonly io: Pick<Io, 'err'>; readonly flags: Flags };

/** Shows the failure on the error stream, in the form that was asked for, and answers what to exit with. */
export function showFailure({ io, flags }: Showing, trouble: Failure): Exit {
  const { error, code, what, more = [], next } = trouble;
  const { exit } = errorCatalogue[error];
  const form = formOf(flags);
  if (form) {
    const { kind: _, ...told } = trouble;
    io.err(documentOf({ kind: 'Error', version: 1, ...told, exit }, form));
  } else {
    const place = `(${code}, docs/ERRORS.md#${code.toLowerCase()})`;
    tell(io, `slipway: ${what}`, ...more.map((line) => `  ${line}`), `${next} ${place}`);
  }
  return exit;
}
