/** `slipway repairs list`. */
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { isFailure, type Failure } from '../failure.ts';
import type { Header } from '../../views/header.ts';
import { fromHub, readHeader } from '../reads.ts';
import { failureOf } from '../words/unread.ts';
import { renderHeader, renderUnread } from '../header.ts';
import type { Exit, Invocation, Screen } from '../io.ts';
import { look } from '../look.ts';
import {
  isOpen,
  readLogs,
  unreadLines,
  viewOf,
  waitReasonOf,
  type RepairLog,
  type RepairView,
} from '../../views/journal.ts';
import { withSources } from '../perform.ts';
import type { Sources } from '../sources.ts';
import { painter } from '../text/paint.ts';
import { table, type Column } from '../text/table.ts';
import { duration, moment } from '../text/amounts.ts';

export type ListView = {
  readonly kind: 'RepairList';
  readonly version: 1;
  readonly header: Header;
  readonly repairs: readonly RepairView[];
  readonly unread: readonly Failure[];
};

export type ListOptions = {
  readonly all?: true;
  readonly days: number;
  readonly watch?: true;
};

const dayMs = 86_400_000;

export async function run(invocation: Invocation, options: ListOptions): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const { io } = invocation;
    const began = io.now();
    const days = options.all ? '' : String(options.days);
    const read = (): Promise<ListView | Failure> => readList(sources, options, io.now(), began);
    const render = (view: ListView, screen: Screen): string[] => renderList(view, screen, days);
    return look(invocation, { read, render, names, facts }, options.watch);
  });
}

/** What has ended since it began to look is still told. */
async function readList(
  sources: Sources,
  options: ListOptions,
  asOf: EpochMs,
  began: EpochMs,
): Promise<ListView | Failure> {
  const since = asOf - options.days * dayMs;
  const [head, read] = await Promise.all([
    readHeader(sources, asOf),
    fromHub(sources, (from) => readLogs(from, { since })),
  ]);
  if (isFailure(read)) return read;
  const repairs = read.logs
    .map(waitingView)
    .filter((view) => options.all || isOpen(view) || (view.closedAt ?? 0) >= began);
  const { header } = head;
  const unread = [...head.unread, ...unreadLines(read).map(failureOf)];
  return { kind: 'RepairList', version: 1, header, repairs, unread };
}

function waitingView(log: RepairLog): RepairView {
  const view = viewOf(log);
  const waits = isOpen(view) ? waitReasonOf(log) : undefined;
  return { ...view, ...(waits !== undefined && { waits }) };
}

function names({ repairs }: ListView): readonly string[] {
  return repairs.map(({ repairId }) => repairId);
}

function facts({ repairs }: ListView): readonly string[] {
  return repairs.map((view) =>
    [
      moment(view.phaseSince),
      view.repairId,
      stateText(view),
      view.node,
      view.check ?? '?',
      reasonText(view),
    ]
      .join('  ')
      .trimEnd(),
  );
}

const columns: readonly Column[] = [
  { title: 'REPAIR' },
  { title: 'STATE' },
  { title: 'NODE', atLeast: 12 },
  { title: 'AGE' },
  { title: 'CHECK', atLeast: 8 },
  { title: 'REASON', atLeast: 8 },
];

const moreColumns: readonly Column[] = [
  { title: 'OPENED' },
  { title: 'POLICY' },
  { title: 'MODE' },
];

/** `openDays`: open repairs alone were asked for, of so many days. */
export function renderList(view: ListView, screen: Screen, openDays: string): string[] {
  const paint = painter(screen.color);
  const { header, repairs, unread } = view;
  const shown = screen.wide ? [...columns, ...moreColumns] : columns;
  const rows = repairs.map((repair) => rowOf(repair, header.asOf));
  const none =
    openDays === '' ? 'No repairs.' : `No repair is open (looked back ${openDays} days).`;
  return [
    ...renderHeader(header, screen.width, paint),
    '',
    ...(rows.length > 0 ? table(shown, rows, screen.width) : [none]),
    ...renderUnread(unread, screen.width, paint),
  ];
}

function rowOf(view: RepairView, now: EpochMs): string[] {
  const { repairId, node, check, openedAt, policy, mode } = view;
  return [
    repairId,
    stateText(view),
    node,
    duration(now - openedAt),
    check ?? '?',
    reasonText(view),
    moment(openedAt),
    policy ?? '?',
    mode ?? '?',
  ];
}

function stateText({ phase, outcome }: RepairView): string {
  return outcome ?? phase;
}

/** Why it ended, or what it waits for. */
function reasonText({ reason, waits }: RepairView): string {
  return reason ?? waits ?? '';
}
