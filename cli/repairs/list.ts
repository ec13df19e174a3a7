/** `slipway repairs list`. */
import type { EpochMs } from '../../domain/vocabulary.ts';
import { isFailure, type Failure } from '../failure.ts';
import { readHeader, renderHeader, renderUnread, type Header } from '../header.ts';
import { exits, type Exit, type Invocation, type Screen } from '../io.ts';
import { isOpen, readLogs, viewOf, type RepairView } from '../journal.ts';
import { withSources } from '../perform.ts';
import { show } from '../show.ts';
import { painter } from '../text/paint.ts';
import { table, type Column } from '../text/table.ts';
import { duration } from '../text/amounts.ts';

export type ListView = {
  readonly kind: 'RepairList';
  readonly version: 1;
  readonly header: Header;
  readonly repairs: readonly RepairView[];
  readonly unread: readonly Failure[];
};

export type ListOptions = { readonly all?: true; readonly days: number };

const dayMs = 86_400_000;

export async function run(invocation: Invocation, options: ListOptions): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const asOf = invocation.io.now();
    const since = asOf - options.days * dayMs;
    const [head, read] = await Promise.all([
      readHeader(sources, asOf),
      readLogs(sources, { since }),
    ]);
    if (isFailure(read)) return read;
    const repairs = read.logs.map(viewOf).filter((view) => options.all || isOpen(view));
    const { header, unread } = head;
    const view: ListView = { kind: 'RepairList', version: 1, header, repairs, unread };
    const days = String(options.days);
    show(invocation, view, (shown, screen) => renderList(shown, screen, options.all ? '' : days));
    return unread.length > 0 ? exits.partial : exits.done;
  });
}

const columns: readonly Column[] = [
  { title: 'REPAIR' },
  { title: 'STATE' },
  { title: 'NODE', atLeast: 12 },
  { title: 'AGE' },
  { title: 'CHECK', atLeast: 8 },
  { title: 'REASON', atLeast: 8 },
];

/** `openDays`: open repairs alone were asked for, of so many days. */
export function renderList(view: ListView, screen: Screen, openDays: string): string[] {
  const paint = painter(screen.color);
  const { header, repairs, unread } = view;
  const rows = repairs.map((repair) => rowOf(repair, header.asOf));
  const none =
    openDays === '' ? 'No repairs.' : `No repair is open (looked back ${openDays} days).`;
  return [
    ...renderHeader(header, screen.width, paint),
    '',
    ...(rows.length > 0 ? table(columns, rows, screen.width) : [none]),
    ...renderUnread(unread, screen.width, paint),
  ];
}

function rowOf(view: RepairView, now: EpochMs): string[] {
  const { repairId, node, check, phase, outcome, reason, openedAt } = view;
  return [repairId, outcome ?? phase, node, duration(now - openedAt), check ?? '?', reason ?? ''];
}
