/** The status screen as text. */
import { phases } from '../../domain/vocabulary/repair.ts';
import { renderHeader, renderUnread, shortHolder } from '../header.ts';
import type { Screen } from '../io.ts';
import type { Commands } from '../places.ts';
import { undeliveredBySink, unreadableText } from '../words/tickets.ts';
import { quote } from '../text/quote.ts';
import { painter, type Paint } from '../text/paint.ts';
import { labelled, table } from '../text/table.ts';
import { duration } from '../text/amounts.ts';
import type { BudgetView, RepairsView } from '../../views/status.ts';
import type { StatusView } from './view.ts';

const shownHandedOver = 5;

export function renderStatus(
  view: StatusView,
  screen: Screen,
  slipway: Commands['slipway'],
): string[] {
  const paint = painter(screen.color);
  const { width } = screen;
  const body = [
    ...(view.budgets ?? []).flatMap((budget) => labelled('Budget', budgetText(budget), width)),
    ...repairLines(view, width),
    ...handedOverLines(view, width, paint),
    ...noticeLines(view, width, paint),
    ...hubLines(view, width),
    ...processLines(view, width, paint),
  ];
  return [
    ...renderHeader(view.header, width, paint),
    ...(body.length > 0 ? ['', ...body] : []),
    ...renderUnread(view.unread, width, paint),
    ...nextLines(view, slipway),
  ];
}

/** What the screen says, but for what only ages. */
export function statusFacts(view: StatusView): string[] {
  const { mode, paused, engine } = view.header;
  return [
    `Mode        ${mode ?? 'not known'}, ${paused ? `paused: ${paused.reason}` : 'not paused'}`,
    `Engine      ${engine ? shortHolder(engine.holder) : 'none'}`,
    ...(view.budgets ?? []).map((budget) => `Budget      ${budgetText(budget)}`),
    ...(view.repairs ? [`Repairs     ${repairsText(view.repairs)}`] : []),
    ...(view.handedOver ?? []).map(
      ({ node, outcome, reason }) => `Handed over ${node}: ${outcome} (${reason ?? ''})`,
    ),
    ...noticeFacts(view),
    ...(view.dead ? [`Dead        ${view.dead.count} set aside`] : []),
    ...view.unread.map(({ what }) => `Not read    ${what}`),
  ];
}

function noticeFacts({ notices }: StatusView): string[] {
  const late = notices?.undelivered ?? [];
  return late.map(({ node, sink }) => `Tickets     ${node}: not delivered to the ${sink} yet`);
}

function budgetText({ policies, nodes, limit, out, free, permits }: BudgetView): string {
  const whose = policies.length > 0 ? ` (${policies.join(', ')})` : ' (default limits)';
  return `${out} of ${limit} used, ${free} free; ${nodes} nodes, ${permits} permits${whose}`;
}

function repairLines({ repairs, header }: StatusView, width: number): string[] {
  if (!repairs) return [];
  const wait = repairs.longestWait;
  return [
    ...labelled('Repairs', repairsText(repairs), width),
    ...(wait
      ? labelled(
          'Longest',
          `${duration(header.asOf - wait.since)} ${wait.phase} on ${wait.node} (${wait.reason ?? ''})`,
          width,
        )
      : []),
  ];
}

function repairsText({ open, byPhase }: RepairsView): string {
  const counts = phases.flatMap((phase) => {
    const count = byPhase[phase];
    return count === undefined ? [] : [`${count} ${phase}`];
  });
  return open === 0 ? 'none open' : `${open} open: ${counts.join(', ')}`;
}

function handedOverLines(
  { handedOver, header }: StatusView,
  width: number,
  paint: Paint,
): string[] {
  if (!handedOver) return [];
  if (handedOver.length === 0) return labelled('Handed over', 'none', width);
  const rows = handedOver
    .slice(0, shownHandedOver)
    .map(({ node, outcome, reason, at }) => [
      `  ${outcome}`,
      node,
      at === undefined ? '' : `${duration(header.asOf - at)} ago`,
      reason ?? '',
    ]);
  const [, ...lines] = table(
    [{ title: '' }, { title: '', atLeast: 20 }, { title: '' }, { title: '', atLeast: 12 }],
    rows,
    width,
  );
  const more = handedOver.length - shownHandedOver;
  return [
    paint('yellow', `Handed over ${handedOver.length} to a person`),
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function noticeLines({ notices, header }: StatusView, width: number, paint: Paint): string[] {
  if (!notices) return [];
  const late = undeliveredBySink(notices.undelivered, header.asOf);
  const texts = [...late, ...notices.unreadable.map(unreadableText)];
  return texts.flatMap((text) =>
    labelled('Tickets', text, width).map((line) => paint('yellow', line)),
  );
}

function hubLines({ dead, lag, header }: StatusView, width: number): string[] {
  const newest =
    dead?.newestAt === undefined ? '' : `, newest ${duration(header.asOf - dead.newestAt)} ago`;
  return [
    ...(lag ? labelled('Hub lag', `${lag.waiting} waiting, ${lag.inHand} in hand`, width) : []),
    ...(dead ? labelled('Dead', `${dead.count} set aside${newest}`, width) : []),
  ];
}

function processLines({ processes }: StatusView, width: number, paint: Paint): string[] {
  if (!processes) return [];
  const text = processes
    .map(({ name, pid, alive }) => (alive ? `${name} ${pid}` : `${name} ENDED`))
    .join(', ');
  const whole = processes.every(({ alive }) => alive);
  return labelled('Local stack', text, width).map((line) => (whole ? line : paint('red', line)));
}

/** What a person is likely to ask next. */
function nextLines(view: StatusView, slipway: Commands['slipway']): string[] {
  const commands = [
    ...pauseCommands(view),
    ...repairCommands(view),
    ...nodeCommands(view),
    ...deadCommands(view),
  ];
  return commands.length === 0 ? [] : ['', ...commands.map(slipway)];
}

function pauseCommands({ header }: StatusView): string[] {
  return header.paused ? ["resume --reason 'because ...'"] : [];
}

function repairCommands({ repairs }: StatusView): string[] {
  return repairs && repairs.open > 0 ? ['repairs list'] : [];
}

function nodeCommands({ repairs, handedOver }: StatusView): string[] {
  const node = repairs?.longestWait?.node ?? handedOver?.[0]?.node;
  return node === undefined ? [] : [`why ${quote(node)}`];
}

function deadCommands({ dead }: StatusView): string[] {
  return dead && dead.count > 0 ? ['dead list'] : [];
}
