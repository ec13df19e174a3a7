/** `slipway faults list`: the reports as the hub stored them. */
import type { StoredFault } from '../../domain/fault.ts';
import { readFaults } from '../../event-hub/index.ts';
import { isFailure, type Failure } from '../failure.ts';
import { hubFailure } from '../hubFailure.ts';
import type { Header } from '../../views/header.ts';
import { readHeader } from '../reads.ts';
import { renderHeader, renderUnread } from '../header.ts';
import type { Exit, Invocation, Screen } from '../io.ts';
import { look } from '../look.ts';
import { withSources } from '../perform.ts';
import type { Sources } from '../sources.ts';
import { painter } from '../text/paint.ts';
import { table, type Column } from '../text/table.ts';
import { moment } from '../text/amounts.ts';

export type FaultsView = {
  readonly kind: 'FaultList';
  readonly version: 1;
  readonly header: Header;
  /** Oldest first. */
  readonly reports: readonly StoredFault[];
  readonly unread: readonly Failure[];
};

export type FaultListOptions = {
  readonly node?: string;
  readonly all?: true;
  readonly days: number;
  readonly limit: number;
  readonly watch?: true;
};

const dayMs = 86_400_000;

export async function run(invocation: Invocation, options: FaultListOptions): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const read = (): Promise<FaultsView | Failure> =>
      readFaultsView(sources, options, invocation.io.now());
    return look(invocation, { read, render: renderFaults, names, facts }, options.watch);
  });
}

async function readFaultsView(
  sources: Sources,
  options: FaultListOptions,
  asOf: number,
): Promise<FaultsView | Failure> {
  const [head, found] = await Promise.all([
    readHeader(sources, asOf),
    readReports(sources, options, asOf - options.days * dayMs),
  ]);
  if (isFailure(found)) return found;
  const { header, unread } = head;
  return { kind: 'FaultList', version: 1, header, reports: found, unread };
}

/** The nodes that reports are about. */
function names({ reports }: FaultsView): readonly string[] {
  return [...new Set(reports.map(({ event }) => event.node))];
}

function facts({ reports }: FaultsView): readonly string[] {
  return reports.map(({ event, sequence, storedAt }) => {
    const { verdict, check, node, reason, message } = event;
    return [moment(storedAt), verdict, check, node, reason, message, `#${sequence}`].join('  ');
  });
}

async function readReports(
  { hub, cluster }: Sources,
  { node, all, limit }: FaultListOptions,
  since: number,
): Promise<readonly StoredFault[] | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const wanted = ({ event }: StoredFault): boolean => all === true || event.verdict !== 'healthy';
  const of = { cluster: cluster.id, since, limit, wanted };
  const read = await readFaults(hub, { ...of, ...(node !== undefined && { node }) });
  if (read.kind === 'read') return read.reports;
  return hubFailure('The stream FAULTS could not be read', read);
}

const moreColumns: readonly Column[] = [
  { title: 'MESSAGE' },
  { title: 'SOURCE' },
  { title: 'SEQUENCE' },
];

const columns: readonly Column[] = [
  { title: 'STORED' },
  { title: 'VERDICT' },
  { title: 'CHECK', atLeast: 8 },
  { title: 'NODE', atLeast: 12 },
  { title: 'REASON', atLeast: 8 },
];

export function renderFaults(view: FaultsView, screen: Screen): string[] {
  const paint = painter(screen.color);
  const shown = screen.wide ? [...columns, ...moreColumns] : columns;
  const rows = view.reports.map(({ event, sequence, storedAt }) => [
    moment(storedAt),
    event.verdict,
    event.check,
    event.node,
    event.reason,
    event.message,
    event.observer,
    String(sequence),
  ]);
  return [
    ...renderHeader(view.header, screen.width, paint),
    '',
    ...(rows.length > 0 ? table(shown, rows, screen.width) : ['No faults.']),
    ...renderUnread(view.unread, screen.width, paint),
  ];
}
