/** How Slipway stands in a cluster. */
import { countOut, limitOf } from '../domain/guard/decide.ts';
import type { GuardLimits } from '../domain/guard/policy.ts';
import { emptyLedger, type Ledger } from '../domain/guard/types.ts';
import type { NodeFacts } from '../domain/node.ts';
import { policyDefaults } from '../domain/repair/policy.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import { handedOverOutcomes } from '../domain/vocabulary/repair.ts';
import { listNodes, type Kube } from '../kube/index.ts';
import type { EngineRecord } from '../schemas/wire/engineRecord.ts';
import type { ClusterHub } from './bucket.ts';
import { readLetters } from './dead.ts';
import { readHeader, type Header, type Reached } from './header.ts';
import { isOpen, readLogs, unreadLines, viewOf, waitReasonOf, type RepairLog } from './journal.ts';
import { readLag, type LagView } from './lag.ts';
import { readNotices, type NoticesView } from './notices.ts';
import { readLedger, readRecords, unreadRecords } from './records.ts';
import { isUnread, unread, type UnreadPart } from './unread.ts';
import { wellAt } from './wellAt.ts';

export type BudgetView = {
  /** The policies that share these limits; none where the engine did not say and the defaults stand in. */
  readonly policies: readonly string[];
  readonly nodes: number;
  readonly limit: number;
  readonly out: number;
  readonly free: number;
  readonly permits: number;
};

export type WaitView = {
  readonly repairId: string;
  readonly node: string;
  readonly phase: string;
  readonly reason?: string;
  readonly since: EpochMs;
};

export type HandedOverView = {
  readonly repairId: string;
  readonly node: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly at?: EpochMs;
};

export type RepairsView = {
  readonly open: number;
  readonly byPhase: Readonly<Record<string, number>>;
  readonly longestWait?: WaitView;
};

export type DeadView = { readonly count: number; readonly newestAt?: EpochMs };

/** What is undefined could not be reached or read; `unread` tells what could not be read, and why. */
export type Status = {
  readonly header: Header;
  readonly budgets: readonly BudgetView[] | undefined;
  readonly repairs: RepairsView | undefined;
  readonly handedOver: readonly HandedOverView[] | undefined;
  readonly notices: NoticesView | undefined;
  readonly dead: DeadView | undefined;
  readonly lag: LagView | undefined;
  readonly unread: readonly UnreadPart[];
};

export async function readStatus(reached: Reached, asOf: EpochMs): Promise<Status> {
  const { kube, hub } = reached;
  const [head, guarded, work, notices, dead, lag] = await Promise.all([
    readHeader(reached, asOf),
    kube && readGuarded(kube, hub),
    hub && readWork(hub),
    hub && readNotices(hub),
    hub && readDeadView(hub),
    hub && readLag(hub),
  ]);
  const { header, engine } = head;
  const held = known(guarded);
  return {
    header,
    budgets: held && budgetsOf(held.nodes, held.ledger, engine),
    ...workOf(known(work), engine, asOf),
    notices: known(notices),
    dead: known(dead),
    lag: known(lag),
    unread: [
      ...head.unread,
      ...(known(work)?.unread ?? []),
      ...[guarded, work, notices, dead, lag].filter(isUnread),
    ],
  };
}

function workOf(
  work: Work | undefined,
  engine: EngineRecord | undefined,
  asOf: EpochMs,
): Pick<Status, 'repairs' | 'handedOver'> {
  return {
    repairs: work?.repairs,
    handedOver: work && handedOverOf(work.records, engine, asOf),
  };
}

function known<T>(read: T | UnreadPart): T | undefined {
  return isUnread(read) ? undefined : read;
}

type Guarded = { readonly nodes: readonly NodeFacts[]; readonly ledger: Ledger };

async function readGuarded(
  kube: Kube,
  hub: ClusterHub | undefined,
): Promise<Guarded | undefined | UnreadPart> {
  const [nodes, ledger] = await Promise.all([listNodes(kube), hub && readLedger(hub)]);
  if (!nodes.ok)
    return unread({ what: 'nodes' }, { because: 'kube-refused', why: nodes.refusal.message });
  if (isUnread(ledger)) return ledger;
  return hub && { nodes: nodes.value, ledger: ledger ?? emptyLedger };
}

type Work = {
  readonly records: readonly EpisodeRecord[];
  readonly repairs: RepairsView;
  /** What this version cannot read. */
  readonly unread: readonly UnreadPart[];
};

async function readWork(hub: ClusterHub): Promise<Work | UnreadPart> {
  const read = await readRecords(hub);
  if (isUnread(read)) return read;
  const { records } = read;
  const since = oldestOpen(records);
  const unknown = unreadRecords(read);
  if (since === undefined) return { records, repairs: { open: 0, byPhase: {} }, unread: unknown };
  const logs = await readLogs(hub, { since });
  if (isUnread(logs)) return logs;
  return { records, repairs: repairsOf(logs.logs), unread: [...unknown, ...unreadLines(logs)] };
}

async function readDeadView(hub: ClusterHub): Promise<DeadView | UnreadPart> {
  const letters = await readLetters(hub);
  if (isUnread(letters)) return letters;
  const newestAt = letters.at(-1)?.storedAt;
  return { count: letters.length, ...(newestAt !== undefined && { newestAt }) };
}

export function budgetsOf(
  nodes: readonly NodeFacts[],
  ledger: Ledger,
  engine: EngineRecord | undefined,
): readonly BudgetView[] {
  const out = countOut({ ledger, nodes });
  return groups(engine).map(({ policies, limits }) => {
    const limit = limitOf(nodes.length, limits);
    const free = Math.max(0, limit - out);
    return { policies, nodes: nodes.length, limit, out, free, permits: ledger.permits.length };
  });
}

function groups(
  engine: EngineRecord | undefined,
): readonly { readonly policies: readonly string[]; readonly limits: GuardLimits }[] {
  if (!engine || engine.policies.length === 0) {
    return [{ policies: [], limits: policyDefaults.guard }];
  }
  const same = Map.groupBy(engine.policies, ({ guard }) =>
    JSON.stringify([guard.maxUnavailablePercent, guard.maxUnavailableNodes]),
  );
  return [...same.values()].flatMap((members) =>
    members.slice(0, 1).map(({ guard }) => ({
      policies: members.map(({ name }) => name),
      limits: guard,
    })),
  );
}

export function repairsOf(logs: readonly RepairLog[]): RepairsView {
  const open = logs.filter((log) => isOpen(viewOf(log)));
  const byPhase = Map.groupBy(open, (log) => viewOf(log).phase);
  const longestWait = open
    .flatMap(waitOf)
    .toSorted((one, other) => one.since - other.since)
    .at(0);
  return {
    open: open.length,
    byPhase: Object.fromEntries([...byPhase].map(([phase, members]) => [phase, members.length])),
    ...(longestWait && { longestWait }),
  };
}

/** Since a refused repair asks again every few minutes, its wait is as long as its phase. */
function waitOf(log: RepairLog): WaitView[] {
  const reason = waitReasonOf(log);
  if (reason === undefined) return [];
  const { repairId, node, phase, phaseSince } = viewOf(log);
  return [{ repairId, node, phase, reason, since: phaseSince }];
}

/** A node that has been well for the soak time is no longer a person's, though its record learns of it with the next report. */
export function handedOverOf(
  records: readonly EpisodeRecord[],
  engine: EngineRecord | undefined,
  now: EpochMs,
): readonly HandedOverView[] {
  return records.flatMap((record) => {
    const { node, episode } = record;
    const outcome = episode?.outcome;
    if (!episode || outcome === undefined || !handedOverOutcomes.includes(outcome)) return [];
    if ((wellAt(record, engine) ?? Infinity) <= now) return [];
    const { repairId, reason, closedAt } = episode;
    return [
      {
        repairId,
        node,
        outcome,
        ...(reason !== undefined && { reason }),
        ...(closedAt !== undefined && { at: closedAt }),
      },
    ];
  });
}

/** The openings of repairs that the records call open: the journal needs to be read no further back. */
function oldestOpen(records: readonly EpisodeRecord[]): EpochMs | undefined {
  const open = records.flatMap(({ episode }) =>
    episode && episode.outcome === undefined ? [episode.openedAt] : [],
  );
  return open.length === 0 ? undefined : Math.min(...open);
}
