/** What the status screen shows, made of what was read. */
import { countOut, limitOf } from '../../domain/guard/decide.ts';
import type { GuardLimits } from '../../domain/guard/policy.ts';
import type { Ledger } from '../../domain/guard/types.ts';
import type { NodeFacts } from '../../domain/node.ts';
import { policyDefaults } from '../../domain/repair/policy.ts';
import type { EpisodeRecord } from '../../domain/dispatch/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { handedOverOutcomes } from '../../domain/vocabulary/repair.ts';
import type { EngineRecord } from '../../schemas/wire/engineRecord.ts';
import type { Failure } from '../failure.ts';
import type { Header } from '../header.ts';
import type { LagView } from '../lag.ts';
import type { NoticesView } from '../notices.ts';
import { wellAt } from '../../views/wellAt.ts';
import { isOpen, viewOf, waitReasonOf, type RepairLog } from '../journal.ts';

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

export type ProcessView = {
  readonly name: string;
  readonly pid: number;
  readonly alive: boolean;
  readonly logFile: string;
};

export type RepairsView = {
  readonly open: number;
  readonly byPhase: Readonly<Record<string, number>>;
  readonly longestWait?: WaitView;
};

export type DeadView = { readonly count: number; readonly newestAt?: EpochMs };

/** What is undefined could not be read; `unread` says why. */
export type StatusView = {
  readonly kind: 'Status';
  readonly version: 1;
  readonly header: Header;
  readonly budgets: readonly BudgetView[] | undefined;
  readonly repairs: RepairsView | undefined;
  readonly handedOver: readonly HandedOverView[] | undefined;
  readonly notices: NoticesView | undefined;
  readonly dead: DeadView | undefined;
  readonly lag: LagView | undefined;
  readonly processes: readonly ProcessView[] | undefined;
  readonly unread: readonly Failure[];
};

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
export function oldestOpen(records: readonly EpisodeRecord[]): EpochMs | undefined {
  const open = records.flatMap(({ episode }) =>
    episode && episode.outcome === undefined ? [episode.openedAt] : [],
  );
  return open.length === 0 ? undefined : Math.min(...open);
}
