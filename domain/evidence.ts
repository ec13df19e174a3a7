/** One order of reports and one definition of health, for dispatch, look and repair alike (ADR 15). */
import type { FaultEvent, Verdict } from './fault.ts';

/** What ordering and judging need of a report, and its place in FAULTS. */
export type Evidence = Pick<FaultEvent, 'check' | 'observer' | 'verdict' | 'bootId' | 'counter'> & {
  readonly sequence: number;
};

/**
 * The reports with this one among them; the very same list if it says nothing newer. Within a boot the observer's own
 * counter decides. Which boot is present is the API server's word: a report of another boot, be it past, made up or not
 * known yet, never hides one of the present boot, and of those others only the last to arrive is kept.
 */
export function withReport<R extends Evidence>(
  known: readonly R[],
  report: R,
  presentBoot: string,
): readonly R[] {
  const ofThisKey = known.filter((one) => isSameKey(one, report));
  const before = ofThisKey.find(({ bootId }) => bootId === report.bootId);
  if (before && before.counter >= report.counter) return known;
  const strays = ofThisKey.filter((one) => one !== before && one.bootId !== presentBoot);
  const isStray = report.bootId !== presentBoot;
  if (isStray && strays.some(({ sequence }) => sequence > report.sequence)) return known;
  const present = ofThisKey.filter((one) => one !== before && one.bootId === presentBoot);
  const kept = isStray ? present : [...present, ...strays.slice(-1)];
  return [...known.filter((one) => !isSameKey(one, report)), ...kept, report];
}

/** What a record holds and what the stream holds beyond it: of each observer, check and boot the highest counter. */
export function merged<R extends Evidence>(
  known: readonly R[],
  beyond: readonly R[],
): readonly R[] {
  const isOlder = (one: R, other: R): boolean =>
    isSameKey(one, other) && one.bootId === other.bootId && one.counter < other.counter;
  const all = [...known, ...beyond.filter((report) => !known.some((one) => isSame(one, report)))];
  return all.filter((one) => !all.some((other) => isOlder(one, other)));
}

function isSame(one: Evidence, other: Evidence): boolean {
  return isSameKey(one, other) && one.bootId === other.bootId && one.counter === other.counter;
}

/** Whether two reports come from one observer and are about one check. */
export function isSameKey(one: Evidence, other: Evidence): boolean {
  return one.check === other.check && one.observer === other.observer;
}

/** What is asked: these checks of a node in this boot. */
export type Health = {
  readonly bootId: string;
  /** Whether the kubelet says that it is ready; nobody else's word makes a node healthy. */
  readonly ready: boolean;
  readonly checks: readonly string[];
};

/** Faulty as soon as one check is; healthy only if each is and the kubelet is ready; otherwise nobody knows. */
export function healthOf(reports: readonly Evidence[], { bootId, ready, checks }: Health): Verdict {
  const verdicts = checks.map((check) => verdictOf(reports, check, bootId));
  if (verdicts.includes('faulty')) return 'faulty';
  const isWell = ready && verdicts.length > 0 && verdicts.every((verdict) => verdict === 'healthy');
  return isWell ? 'healthy' : 'unknown';
}

/**
 * A check is faulty if an observer says so, healthy if at least one says so and none faulty, else unknown. Only reports
 * about this boot count: what is absent, or was said of another boot, is unknown.
 */
export function verdictOf(reports: readonly Evidence[], check: string, bootId: string): Verdict {
  const said = reports
    .filter((report) => report.check === check && report.bootId === bootId)
    .map(({ verdict }) => verdict);
  if (said.includes('faulty')) return 'faulty';
  return said.includes('healthy') ? 'healthy' : 'unknown';
}

/** The checks that any report is about, each once. */
export function checksOf(reports: readonly Evidence[]): readonly string[] {
  return [...new Set(reports.map(({ check }) => check))];
}
