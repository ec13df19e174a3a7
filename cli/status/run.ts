/** `slipway status`. */
import { emptyLedger, type Ledger } from '../../domain/guard/types.ts';
import { consumerLag } from '../../event-hub/index.ts';
import { readDead } from '../../event-hub/index.ts';
import { listNodes } from '../../kube/index.ts';
import type { StackState } from '../../schemas/stackState.ts';
import { isFailure, failure, present, type Failure } from '../failure.ts';
import { distinct, readHeader } from '../header.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { readLogs } from '../journal.ts';
import { withSources } from '../perform.ts';
import { readLedger, readRecords } from '../records.ts';
import { show } from '../show.ts';
import { sentence, type Sources } from '../sources.ts';
import { renderStatus } from './render.ts';
import {
  budgetsOf,
  handedOverOf,
  oldestOpen,
  repairsOf,
  type DeadView,
  type LagView,
  type ProcessView,
  type StatusView,
} from './view.ts';

export async function run(invocation: Invocation): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const view = await readStatus(sources, invocation.io.now());
    const { slipway } = sources.places.commands;
    show(invocation, view, (screen) => renderStatus(view, screen, slipway));
    return view.unread.length > 0 ? exits.partial : exits.done;
  });
}

async function readStatus(sources: Sources, now: number): Promise<StatusView> {
  const [head, budgets, work, dead, lag] = await Promise.all([
    readHeader(sources, now),
    readNodesAndLedger(sources),
    readWork(sources),
    deadOf(sources),
    lagOf(sources),
  ]);
  const counted = present(budgets);
  const done = present(work);
  return {
    kind: 'Status',
    version: 1,
    header: head.header,
    budgets: counted && budgetsOf(counted.nodes, counted.ledger, head.engine),
    repairs: done?.repairs,
    handedOver: done?.handedOver,
    dead: present(dead),
    lag: present(lag),
    processes: sources.places.local?.children.map(processView),
    unread: distinct([...head.unread, ...[budgets, work, dead, lag].filter(isFailure)]),
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

async function readWork(
  sources: Sources,
): Promise<Pick<StatusView, 'repairs' | 'handedOver'> | Failure> {
  const records = await readRecords(sources);
  if (isFailure(records)) return records;
  const since = oldestOpen(records);
  const handedOver = handedOverOf(records);
  if (since === undefined) return { handedOver, repairs: { open: 0, byPhase: {} } };
  const logs = await readLogs(sources, { since });
  return isFailure(logs) ? logs : { handedOver, repairs: repairsOf(logs.logs) };
}

async function deadOf({ hub, cluster }: Sources): Promise<DeadView | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const read = await readDead(hub, cluster.id);
  if (read.kind !== 'read')
    return failure('hubRefused', sentence(`The stream DEAD could not be read: ${read.why}`));
  const newestAt = read.letters.at(-1)?.storedAt;
  return { count: read.letters.length, ...(newestAt !== undefined && { newestAt }) };
}

/** The name of the consumer from which dispatch takes its reports. */
const dispatchConsumer = 'dispatch';

async function lagOf({ hub, cluster }: Sources): Promise<LagView | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const lag = await consumerLag(hub, dispatchConsumer, cluster.id);
  if (lag.kind === 'lag') return { waiting: lag.waiting, inHand: lag.inHand };
  return failure('hubRefused', sentence(`No engine has read from FAULTS yet: ${lag.why}`));
}

function processView({ name, pid, logFile }: StackState['children'][number]): ProcessView {
  return { name, pid, alive: isAlive(pid), logFile };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
