/** What is said and done about the pods that are left on a node. */
import type { PodFacts } from '../node.ts';
import { blockReasons } from '../vocabulary/reasons.ts';
import type { EpochMs } from '../vocabulary/time.ts';
import type { BlockReason, ReasonCode } from '../vocabulary/reasons.ts';
import type { Blocker, RepairState } from './types.ts';

/** How a person names a pod. */
export function podName({ namespace, name }: Pick<PodFacts, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

const second = 1000;
/** As `kubectl drain` asks: more often only costs the API server. */
const shortestPatienceMs = 5 * second;
const longestPatienceMs = 30 * second;
const growth = 1.5;

/** How long no refused pod is asked again, after so many passes in a row that moved none. */
export function patienceMs(passes: number): number {
  return Math.min(longestPatienceMs, shortestPatienceMs * growth ** (passes - 1));
}

/** Whether this pod was refused not long ago, so that it is not asked again yet. */
export function isResting(
  blocker: Blocker,
  { askAgainAt }: Pick<RepairState['pods'], 'askAgainAt'>,
  now: EpochMs,
): boolean {
  return blocker.why !== 'terminating' && now < Math.max(askAgainAt, blocker.retryAt ?? 0);
}

const waitReasons: Readonly<Record<BlockReason, ReasonCode>> = {
  'no-controller': 'kept-by-policy',
  'do-not-disrupt': 'kept-by-policy',
  'local-data': 'kept-by-policy',
  'refused-by-admission': 'refused-by-admission',
  'not-evictable': 'not-evictable',
  'eviction-forbidden': 'eviction-forbidden',
  'blocked-by-budget': 'budget-blocks',
  'eviction-unanswered': 'eviction-unanswered',
  terminating: 'pods-terminating',
};

/** The one reason a migration waits for: of several, the one that a person has to know first. */
export function waitReasonOf(blockers: readonly Blocker[]): ReasonCode {
  const first = blockReasons.find((reason) => blockers.some(({ why }) => why === reason));
  return waitReasons[first ?? 'terminating'];
}

const mostNamed = 10;

/** The pods that are left as a person reads them. */
export function leftText({
  left,
  blockers,
}: Pick<RepairState['pods'], 'left' | 'blockers'>): string {
  const named = blockers.slice(0, mostNamed).map(({ pod, why }) => `${pod} (${why})`);
  const more = left > named.length ? [`${left - named.length} more`] : [];
  return `left on the node: ${[...named, ...more].join(', ')}`;
}
