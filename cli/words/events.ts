/** One recorded event as a line of a story; what only serves the machine is left out. */
import type { Rung } from '../../domain/repair/policy.ts';
import type { Blocker, RepairEvent, Staying, Unlabelled } from '../../domain/repair/types.ts';
import { blockReasons } from '../../domain/vocabulary/reasons.ts';
import { counted } from '../text/amounts.ts';

type ToldEvent<K extends RepairEvent['kind']> = Extract<RepairEvent, { readonly kind: K }>;
type Tellers = {
  readonly [K in RepairEvent['kind']]: (
    event: ToldEvent<K>,
    ladder: readonly Rung[],
  ) => string | undefined;
};

/** Undefined for what a person need not see; what only a newer version knows is named. */
export function noteOf(event: RepairEvent, ladder: readonly Rung[]): string | undefined {
  return tell(event, ladder);
}

const shownStaying = 5;

const tellers: Tellers = {
  reported: ({ report }) => `${report.check}: ${report.verdict}`,
  cancelRequested: ({ by }) => `cancel requested by ${by.name}: ${by.reason}`,
  rebooted: ({ ready }) => `the node was seen ${ready ? 'ready' : 'not ready'} in its boot`,
  lost: ({ reason, detail }) => `lost: ${reason} (${detail})`,
  lookAgain: silent,
  misheard: ({ detail }) => `something was said that nobody understands: ${detail}`,
  permitGranted: (event) => `${done(event, 'permit granted')}: ${event.out} of ${event.limit} out`,
  permitRefused: ({ reason, out, limit }) => `permit refused: ${reason} (${out} of ${limit} out)`,
  preflightPassed: () => 'preflight: the next rung can be tried',
  preflightFailed: ({ reason, detail }) => `preflight failed: ${reason} (${detail})`,
  isolated: (event) => done(event, 'isolated'),
  podsTagged: (event) => done(event, `${counted(event.pods, 'pod')} tagged${unlabelled(event)}`),
  podsMoved: (event) => done(event, `all pods moved${stayingText(event)}`),
  podsLeft: ({ left, blockers }) => `${counted(left, 'pod')} left${blockersText(blockers)}`,
  podsFound: podsFoundText,
  attempted: attemptText,
  notTried: ({ rung, number, detail }, ladder) =>
    `${ladder[rung]?.name ?? `rung ${rung + 1}`}, attempt ${number}: not tried yet (${detail})`,
  attemptSpent: ({ reason, nextRung }, ladder) =>
    `attempt given up: ${reason}; next: ${ladder[nextRung]?.name ?? 'nothing is left to try'}`,
  looked: silent,
  waitStarted: silent,
  waited: silent,
  interrupted: silent,
  refused: ({ reason, detail }) => `refused: ${reason} (${detail})`,
  failed: ({ command, detail }) => `${command} failed: ${detail}`,
  concluded: ({ ending }) =>
    `decided to end as ${ending.outcome} (${ending.reason})${suffix(ending.detail)}`,
  restored: (event) => done(event, `node ${event.node}${suffix(event.reason)}${unlabelled(event)}`),
  permitReleased: (event) => done(event, 'permit given back'),
  closed: ({ outcome, reason }) => `${outcome} (${reason})`,
};

function tell<K extends RepairEvent['kind']>(
  event: ToldEvent<K>,
  ladder: readonly Rung[],
): string | undefined {
  const teller: Tellers[K] | undefined = tellers[event.kind];
  return teller === undefined ? `${event.kind} (unknown to this version)` : teller(event, ladder);
}

function silent(): undefined {
  return undefined;
}

function unlabelled({ untagged = [] }: { readonly untagged?: readonly Unlabelled[] }): string {
  const [first] = untagged;
  if (!first) return '';
  return `; ${counted(untagged.length, 'label')} could not be written (${first.pod}: ${first.why})`;
}

const shownOfEach = 3;

/** Why pods are left, one reason after the other, each with the pods' names. */
export function blockersText(blockers: readonly Blocker[]): string {
  const told = blockReasons.flatMap((why) => {
    const pods = blockers.filter((blocker) => blocker.why === why);
    const named = pods.slice(0, shownOfEach).map(blockerText);
    const more = pods.length > named.length ? [`${pods.length - named.length} more`] : [];
    return pods.length === 0 ? [] : [`${why} ${[...named, ...more].join(', ')}`];
  });
  return told.length === 0 ? '' : `: ${told.join('; ')}`;
}

function blockerText({ pod, budgets = [] }: Blocker): string {
  return budgets.length === 0 ? pod : `${pod} (${budgets.join(', ')})`;
}

function podsFoundText(event: ToldEvent<'podsFound'>): string {
  const { left, pods } = event;
  if (left === 0) return `found right before the rung${stayingText(event)}`;
  return `${counted(left, 'pod')} found right before the rung, which waits: ${pods.join(', ')}`;
}

/** Pods with which the node is repaired are named: their owners have a right to know. */
function stayingText({ staying = [] }: { readonly staying?: readonly Staying[] }): string {
  if (staying.length === 0) return '';
  const named = staying.slice(0, shownStaying).map(({ pod, why }) => `${pod} (${why})`);
  const more = staying.length > named.length ? [`${staying.length - named.length} more`] : [];
  return `; ${counted(staying.length, 'pod')} on the node ${staying.length === 1 ? 'stays' : 'stay'}: ${[...named, ...more].join(', ')}`;
}

function attemptText(event: ToldEvent<'attempted'>, ladder: readonly Rung[]): string {
  const { rung, number, result, detail, code } = event;
  const name = ladder[rung]?.name ?? `rung ${rung + 1}`;
  const why = code === undefined ? detail : `${code}, ${detail}`;
  return done(event, `${name}, attempt ${number}: ${result}${suffix(why)}`);
}

/** What observe mode did not do must not read as if it had. */
function done({ assumed }: { readonly assumed?: true }, text: string): string {
  return assumed ? `would be: ${text}` : text;
}

function suffix(text: string | undefined): string {
  return text === undefined || text === '' ? '' : ` (${text})`;
}
