/** Names of checks that a policy may hold, and that nobody will ever report. */
import { conditionRules } from './policy.ts';
import type { OwnCondition } from './types.ts';

/** The names that a cluster knows: the conditions on its nodes, and what observers reported. */
export type SeenNames = {
  readonly conditions: ReadonlySet<string>;
  readonly reported: ReadonlySet<string>;
};

type CheckNames = {
  readonly name: string;
  readonly checks: readonly string[];
  readonly conditions: readonly OwnCondition[];
};

/** One sentence each. Without a cluster only names that nobody could know are told. */
export function checkWarnings(policy: CheckNames, seen?: SeenNames): readonly string[] {
  return policy.checks.flatMap((check) => warningOf(check, policy, seen) ?? []);
}

function warningOf(
  check: string,
  { name, conditions }: CheckNames,
  seen?: SeenNames,
): string | undefined {
  if (seen?.reported.has(check)) return undefined;
  const isRead =
    conditionRules.some(({ type }) => type === check) ||
    conditions.some(({ type }) => type === check);
  if (isRead && (!seen || seen.conditions.has(check))) return undefined;
  const about = `policy ${name}: check ${check}: `;
  const hint = suggestion(check, conditions, seen);
  if (isRead) return `${about}no node carries this condition and no observer reports it${hint}`;
  const carried = seen?.conditions.has(check) ? 'nodes carry it, but ' : '';
  return (
    `${about}${carried}nobody knows how to read a condition of this name, so it is read from no node${hint}; ` +
    `to have it read, write { name: ${check}, faultyWhen: "True" }, or "False"`
  );
}

function suggestion(check: string, conditions: readonly OwnCondition[], seen?: SeenNames): string {
  const known = [...conditionRules, ...conditions].map(({ type }) => type);
  const all = [...known, ...(seen?.conditions ?? []), ...(seen?.reported ?? [])];
  const near = nearest(
    check,
    all.filter((name) => name !== check),
  );
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

/** Known names that differ by few letters, more in a long name; the nearest first. */
function nearest(name: string, others: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(name.length / 5));
  const near = others
    .map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ far }) => far <= most)
    .toSorted((one, other) => one.far - other.far);
  return near[0]?.other;
}

/** Levenshtein's: how many letters to put in, leave out or exchange. */
function distance(one: string, other: string): number {
  const first = Array.from({ length: other.length + 1 }, (_, at) => at);
  return last(
    one.split('').reduce<readonly number[]>((row, letter) => nextRow(row, letter, other), first),
  );
}

function nextRow(row: readonly number[], letter: string, other: string): readonly number[] {
  return other.split('').reduce<readonly number[]>(
    (next, its, at) => {
      const exchanged = valueAt(row, at) + (letter === its ? 0 : 1);
      return [...next, Math.min(exchanged, valueAt(row, at + 1) + 1, last(next) + 1)];
    },
    [valueAt(row, 0) + 1],
  );
}

function last(row: readonly number[]): number {
  return valueAt(row, row.length - 1);
}

function valueAt(row: readonly number[], at: number): number {
  return row.slice(at, at + 1).reduce((sum, value) => sum + value, 0);
}
