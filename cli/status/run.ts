/** `slipway status`. */
import type { EpisodeRecord } from '../../domain/dispatch/types.ts';
import { emptyLedger, type Ledger } from '../../domain/guard/types.ts';
import { listNodes } from '../../kube/index.ts';
import type { StackState } from '../../schemas/local/stackState.ts';
import { readLetters } from '../dead/list.ts';
import { isFailure, failure, present, type Failure } from '../failure.ts';
import { distinct, readHeader } from '../header.ts';
import type { Exit, Invocation, Screen } from '../io.ts';
import { look } from '../look.ts';
import { readLogs, unreadLines } from '../journal.ts';
import { readLag } from '../lag.ts';
import { readNotices } from '../notices.ts';
import { withSources } from '../perform.ts';
import { isAlive } from '../processes.ts';
import { readLedger, readRecords } from '../records.ts';
import { sentence, type Sources } from '../sources.ts';
import { counted as amount } from '../text/amounts.ts';
import { renderStatus, statusFacts } from './render.ts';
import {
  budgetsOf,
  handedOverOf,
  oldestOpen,
  repairsOf,
  type DeadView,
  type ProcessView,
  type StatusView,
} from './view.ts';

export async function run(invocation: Invocation, watch?: true): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const { slipway } = sources.places.commands;
    const read = (): Promise<StatusView> => readStatus(sources, invocation.io.now());
    const render = (view: StatusView, screen: Screen): string[] =>
      renderStatus(view, screen, slipway);
    return look(invocation, { read, render, facts: statusFacts }, watch);
  });
}

async function readStatus(sources: Sources, now: number): Promise<StatusView> {
  const [head, budgets, work, notices, dead, lag] = await Promise.all([
    readHeader(sources, now),
    readNodesAndLedger(sources),
    readWork(sources),
    readNotices(sources),
    deadOf(sources),
    readLag(sources),
  ]);
  const counted = present(budgets);
  const done = present(work);
  return {
    kind: 'Status',
    version: 1,
    header: head.header,
    budgets: counted && budgetsOf(counted.nodes, counted.ledger, head.engine),
    repairs: done?.repairs,
    handedOver: done && handedOverOf(done.records, head.engine, now),
    notices: present(notices),
    dead: present(dead),
    lag: present(lag),
    processes: sources.places.local?.children.map(processView),
    unread: distinct([
      ...head.unread,
      ...(done?.unread ?? []),
      ...[budgets, work, notices, dead, lag].filter(isFailure),
    ]),
  };
}

async function readNodesAndLedger(sources: Sources) {
  const { kube } = sources;
  if (isFailure(kube)) return kube;
  const [nodes, ledger] = await Promise.all([listNodes(kube), readLedger(sources)]);
  if (!nodes.ok) return failure('kubeRefused', sentence(nodes.refusal.message));
  if (isFailure(ledger)) return ledger;
  const held: Ledger = ledger ?? emptyLedger;
  return { nodes: nodes.value, ledger: held };
}

type Work = {
  readonly records: readonly EpisodeRecord[];
  readonly repairs: NonNullable<StatusView['repairs']>;
  /** What this version cannot read. */
  readonly unread: readonly Failure[];
};

async function readWork(sources: Sources): Promise<Work | Failure> {
  const read = await readRecords(sources);
  if (isFailure(read)) return read;
  const { records, unreadable } = read;
  const since = oldestOpen(records);
  const unread = unreadableRecords(unreadable);
  if (since === undefined) return { records, repairs: { open: 0, byPhase: {} }, unread };
  const logs = await readLogs(sources, { since });
  if (isFailure(logs)) return logs;
  const repairs = repairsOf(logs.logs);
  return { records, repairs, unread: [...unread, ...unreadLines(logs)] };
}

function unreadableRecords(nodes: readonly string[]): readonly Failure[] {
  if (nodes.length === 0) return [];
  const what = `The records of ${amount(nodes.length, 'node')} cannot be read, such as ${nodes[0]}.`;
  return [failure('recordUnreadable', what)];
}

async function deadOf(sources: Sources): Promise<DeadView | Failure> {
  const letters = await readLetters(sources);
  if (isFailure(letters)) return letters;
  const newestAt = letters.at(-1)?.storedAt;
  return { count: letters.length, ...(newestAt !== undefined && { newestAt }) };
}

function processView({ name, pid, logFile }: StackState['children'][number]): ProcessView {
  return { name, pid, alive: isAlive(pid), logFile };
}
