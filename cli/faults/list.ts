/** `slipway faults list`: the reports as the hub stored them. */
import type { StoredFault } from '../../domain/fault.ts';
import { readFaults } from '../../event-hub/index.ts';
import { failure, isFailure, type Failure } from '../failure.ts';
import { readHeader, renderHeader, renderUnread, type Header } from '../header.ts';
import { exits, type Exit, type Invocation, type Screen } from '../io.ts';
import { withSources } from '../perform.ts';
import { show } from '../show.ts';
import { sentence, type Sources } from '../sources.ts';
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

export type FaultsOptions = {
  readonly node?: string;
  readonly all?: true;
  readonly days: number;
  readonly limit: number;
};

const dayMs = 86_400_000;

export async function run(invocation: Invocation, options: FaultsOptions): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const asOf = invocation.io.now();
    const [head, found] = await Promise.all([
      readHeader(sources, asOf),
      readReports(sources, options, asOf - options.days * dayMs),
    ]);
    if (isFailure(found)) return found;
    const { header, unread } = head;
    const wanted = found.filter(({ event }) => options.all || event.verdict !== 'healthy');
    const reports = wanted.slice(-options.limit);
    const view: FaultsView = { kind: 'FaultList', version: 1, header, reports, unread };
    show(invocation, view, renderFaults);
    return unread.length > 0 ? exits.partial : exits.done;
  });
}

async function readReports(
  { hub, cluster }: Sources,
  { node }: FaultsOptions,
  since: number,
): Promise<readonly StoredFault[] | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const of = { cluster: cluster.id, since, limit: Infinity };
  const read = await readFaults(hub, { ...of, ...(node !== undefined && { node }) });
  if (read.kind === 'read') return read.reports;
  const error = read.kind === 'refused' ? 'hubRefused' : 'hubUnreachable';
  return failure(error, sentence(`The stream FAULTS could not be read: ${read.why}`));
}

const columns: readonly Column[] = [
  { title: 'STORED' },
  { title: 'VERDICT' },
  { title: 'CHECK', atLeast: 8 },
  { title: 'NODE', atLeast: 12 },
  { title: 'REASON', atLeast: 8 },
];

export function renderFaults(view: FaultsView, screen: Screen): string[] {
  const paint = painter(screen.color);
  const rows = view.reports.map(({ event, storedAt }) => [
    moment(storedAt),
    event.verdict,
    event.check,
    event.node,
    event.reason,
  ]);
  return [
    ...renderHeader(view.header, screen.width, paint),
    '',
    ...(rows.length > 0 ? table(columns, rows, screen.width) : ['No faults.']),
    ...renderUnread(view.unread, screen.width, paint),
  ];
}
