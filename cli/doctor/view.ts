/** What an examination concludes from what it saw. */
import type { HubFacts } from '../../event-hub/index.ts';
import type { EngineRecord } from '../../schemas/wire/engineRecord.ts';
import type { Failure } from '../failure.ts';
import { leaderOf, type Header } from '../../views/header.ts';
import { shortHolder } from '../header.ts';
import type { NoticesView } from '../../views/notices.ts';
import { undeliveredBySink, unreadableText } from '../words/tickets.ts';
import { duration } from '../text/amounts.ts';

export type DoctorFinding = {
  readonly about: string;
  readonly grade: 'good' | 'note' | 'bad';
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string;
};

export type DoctorView = {
  readonly kind: 'Examination';
  readonly version: 1;
  readonly header: Header;
  readonly findings: readonly DoctorFinding[];
};

export type DoctorSeen = {
  readonly header: Header;
  readonly engine: EngineRecord | undefined;
  /** Each either works or says why not. */
  readonly kube: Failure | undefined;
  readonly temporal: Failure | undefined;
  readonly hub: HubFacts | Failure;
  readonly ledger: Failure | undefined;
  /** Nodes whose record this version cannot read. */
  readonly unreadable: readonly string[] | Failure;
  readonly lag: { readonly waiting: number } | Failure;
  readonly notices: NoticesView | Failure;
  readonly dead: number | Failure;
  /** On a local stack one copy of everything is meant. */
  readonly isLocal: boolean;
};

export function findings(seen: DoctorSeen): readonly DoctorFinding[] {
  const { kube, temporal, ledger } = seen;
  return [
    reached('Kubernetes API', kube),
    reached('Temporal', temporal),
    ...hubFindings(seen),
    reached('Permit ledger', ledger),
    recordsFinding(seen.unreadable),
    engineFinding(seen),
    ...policyFindings(seen),
    pauseFinding(seen.header),
    lagFinding(seen.lag),
    ...ticketFindings(seen),
    deadFinding(seen.dead),
  ];
}

function reached(about: string, trouble: Failure | undefined): DoctorFinding {
  if (!trouble) return { about, grade: 'good', what: 'answers' };
  return { about, grade: 'bad', what: trouble.what };
}

function hubFindings(seen: DoctorSeen): DoctorFinding[] {
  const { hub } = seen;
  if (hub.kind === 'failure') return [{ about: 'Hub', grade: 'bad', what: hub.what }];
  return [versionFinding(hub), ...missingFindings(hub, seen), ...streamFindings(hub, seen)];
}

/** Below this version a server lacks what Slipway relies on, and has known holes. */
const oldestServer = [2, 14];

function versionFinding({ serverVersion }: HubFacts): DoctorFinding {
  const [major = 0, minor = 0] = serverVersion.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestServer;
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  const what = `answers, nats-server ${serverVersion}`;
  if (!isOld) return { about: 'Hub', grade: 'good', what };
  const advice = `Run nats-server ${oldestServer.join('.')} or later.`;
  return { about: 'Hub', grade: 'bad', what, advice };
}

function missingFindings({ missing }: HubFacts, seen: DoctorSeen): DoctorFinding[] {
  if (missing.length === 0) return [];
  const what = `not there: ${missing.join(', ')}`;
  return [{ about: 'Streams', grade: 'bad', what, advice: engineWill(seen, 'makes them') }];
}

const safeReplicas = 3;

function streamFindings({ streams }: HubFacts, seen: DoctorSeen): DoctorFinding[] {
  const { isLocal } = seen;
  const journals = streams.filter(({ name }) => !name.startsWith('KV_'));
  const open = journals.filter((stream) => !stream.protected).map(({ name }) => name);
  const inMemory = streams.filter(({ inFiles }) => !inFiles).map(({ name }) => name);
  const few = streams.filter(({ replicas }) => replicas < safeReplicas).map(({ name }) => name);
  return [
    grade(open, 'can be purged', engineWill(seen, 'denies deleting and purging'), 'bad'),
    grade(inMemory, 'kept in memory', 'Make them anew with file storage.', 'bad'),
    grade(
      isLocal ? [] : few,
      `kept in fewer than ${safeReplicas} copies`,
      'Raise the replicas, or let the server write every message through (sync_interval: always).',
      'bad',
    ),
  ].flat();
}

function grade(
  names: readonly string[],
  what: string,
  advice: string,
  as: DoctorFinding['grade'],
): DoctorFinding[] {
  if (names.length === 0) return [];
  return [{ about: 'Streams', grade: as, what: `${names.join(', ')}: ${what}`, advice }];
}

/** Nobody is told to start an engine while one leads. */
function engineWill(seen: DoctorSeen, deed: string): string {
  return engineFinding(seen).grade === 'good'
    ? `The engine that leads ${deed} within seconds, if its user of the hub may: its log says why not.`
    : `Start an engine: it ${deed}, if its user of the hub may.`;
}

const namedNodes = 5;

function recordsFinding(unreadable: DoctorSeen['unreadable']): DoctorFinding {
  const about = 'Node records';
  if ('kind' in unreadable) return { about, grade: 'bad', what: unreadable.what };
  if (unreadable.length === 0) return { about, grade: 'good', what: 'can be read' };
  const names = unreadable.slice(0, namedNodes).join(', ');
  const more = unreadable.length > namedNodes ? ` and ${unreadable.length - namedNodes} more` : '';
  return {
    about,
    grade: 'bad',
    what: `cannot be read by this version and are left as they are: ${names}${more}`,
    advice: 'Nothing is opened on these nodes: run the version that wrote the records.',
  };
}

function engineFinding({ header, isLocal }: DoctorSeen): DoctorFinding {
  const { engine, asOf } = header;
  const about = 'Engine';
  const advice = isLocal ? 'Start one: slipway up.' : 'Start one: slipway engine --config FILE.';
  const leader = leaderOf(header);
  if (leader === 'unknown') return { about, grade: 'bad', what: 'its Lease could not be read' };
  if (!engine || leader === 'none') return { about, grade: 'bad', what: 'none leads', advice };
  const what = `${shortHolder(engine.holder)}, last seen ${duration(asOf - engine.seenAt)} ago`;
  if (leader === 'silent') return { about, grade: 'bad', what, advice };
  return { about, grade: 'good', what };
}

function policyFindings({ engine }: DoctorSeen): DoctorFinding[] {
  if (!engine) return [];
  const names = engine.policies.map(({ name }) => name);
  const policies: DoctorFinding =
    names.length > 0
      ? { about: 'Policies', grade: 'good', what: names.join(', ') }
      : {
          about: 'Policies',
          grade: 'note',
          what: 'none: no fault leads to a repair',
          advice: 'Give the engine policies, as in examples/policies.',
        };
  const doubts = (engine.warnings ?? []).map((what): DoctorFinding => ({
    about: 'Policies',
    grade: 'note',
    what,
    advice: 'See it with slipway policy check FILE.',
  }));
  if (engine.mode === 'act') return [policies, ...doubts];
  const advice = 'Set mode: act once what it would do is what you want.';
  const what = 'observe: everything is decided and journaled, nothing is done';
  return [policies, ...doubts, { about: 'Mode', grade: 'note', what, advice }];
}

function pauseFinding({ paused, pauseUnknown }: Header): DoctorFinding {
  const about = 'Pause';
  if (pauseUnknown) return { about, grade: 'bad', what: 'could not be read' };
  if (!paused) return { about, grade: 'good', what: 'not paused' };
  const advice = 'End it with slipway resume --reason TEXT.';
  return { about, grade: 'note', what: `paused: ${paused.reason}`, advice };
}

const muchLag = 1_000;

function lagFinding(lag: DoctorSeen['lag']): DoctorFinding {
  const about = 'Hub lag';
  if ('kind' in lag) return { about, grade: 'note', what: lag.what };
  const what = `${lag.waiting} reports wait for dispatch`;
  if (lag.waiting < muchLag) return { about, grade: 'good', what };
  return { about, grade: 'bad', what, advice: 'See whether the engine lives and keeps up.' };
}

/** Nobody is called while a ticket waits. */
function ticketFindings({ notices, engine, header }: DoctorSeen): DoctorFinding[] {
  const about = 'Tickets';
  if ('kind' in notices) return [{ about, grade: 'bad', what: notices.what }];
  // One that was never tried is on its way.
  const tried = notices.undelivered.filter(({ tries }) => tries > 0);
  const late = undeliveredBySink(tried, header.asOf).map((what): DoctorFinding => {
    const advice = 'See docs/runbooks/notice-not-delivered.md.';
    return { about, grade: 'bad', what, advice };
  });
  const lost = notices.unreadable.map((one): DoctorFinding => {
    return { about, grade: 'note', what: unreadableText(one) };
  });
  const found = [...late, ...lost, ...sinkFindings(engine)];
  return found.length > 0 ? found : [{ about, grade: 'good', what: 'all were delivered' }];
}

/** An engine of an older version does not say where its tickets go. */
function sinkFindings(engine: EngineRecord | undefined): DoctorFinding[] {
  if (engine?.tickets?.length !== 0) return [];
  const advice = "Set ticket.file or ticket.webhookUrl in the engine's configuration.";
  return [
    { about: 'Tickets', grade: 'note', what: 'go nowhere: a hand-over calls nobody', advice },
  ];
}

function deadFinding(dead: DoctorSeen['dead']): DoctorFinding {
  const about = 'Dead';
  if (typeof dead !== 'number') return { about, grade: 'bad', what: dead.what };
  const what = `${dead} messages were set aside`;
  if (dead === 0) return { about, grade: 'good', what };
  return { about, grade: 'note', what, advice: 'Look at them: slipway dead list.' };
}
