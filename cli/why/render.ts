/** The answer to `why` as text. */
import { renderHeader, renderUnread } from '../header.ts';
import type { Screen } from '../io.ts';
import type { Commands } from '../places.ts';
import { painter, type Paint } from '../text/paint.ts';
import { bullet, labelled, wrap } from '../text/table.ts';
import { ahead, clockTime, duration, moment } from '../text/amounts.ts';
import { quote } from '../text/quote.ts';
import type { CheckView } from '../../views/why.ts';
import type { Why, WhyView } from './view.ts';

const shownDeeds = 12;

export function renderWhy(view: WhyView, screen: Screen, slipway: Commands['slipway']): string[] {
  const paint = painter(screen.color);
  const { width } = screen;
  const { header, node, thinks, checks, why, unread } = view;
  return [
    ...renderHeader(header, width, paint),
    ...labelled('Node', node, width),
    ...section('What Slipway thinks', paint, [
      ...thinks.flatMap((text) => bullet(text, width)),
      ...checks
        .filter(({ verdict }) => verdict !== 'healthy')
        .flatMap((check) => bullet(checkText(check, header.asOf), width)),
      ...healthyLines(checks, width),
      ...(thinks.length + checks.length === 0 ? ['  Nothing is known.'] : []),
    ]),
    ...deedLines(view, width, paint),
    ...section(
      'Why it does not do more now',
      paint,
      why.flatMap((one) => bullet(whyText(one, header.asOf), width)),
    ),
    ...renderUnread(unread, width, paint),
    ...commandLines(view, slipway, paint),
  ];
}

function checkText({ check, verdict, since, reason, message, present }: CheckView, now: number) {
  const age = duration(now - since);
  const boot = present === false ? ', in an earlier boot' : '';
  const said = [...new Set([reason, message])].filter((part) => part !== '').join(', ');
  return `Check ${check}: ${verdict} for ${age}${boot}${said === '' ? '' : ` (${said})`}.`;
}

function healthyLines(checks: readonly CheckView[], width: number): string[] {
  const healthy = checks.filter(({ verdict }) => verdict === 'healthy');
  if (healthy.length === 0) return [];
  return bullet(`Healthy: ${healthy.map(({ check }) => check).join(', ')}.`, width);
}

function deedLines({ did, repair }: WhyView, width: number, paint: Paint): string[] {
  if (!repair) return section('What it did', paint, ['  - Nothing that the journal tells of.']);
  const earlier = did.length - shownDeeds;
  const lines = did.slice(-shownDeeds).flatMap(({ at, phase, text }) => {
    const head = `  ${clockTime(at)}  ${phase.padEnd(15)}  `;
    return wrap(text, Math.max(20, width - head.length)).map((line, index) =>
      index === 0 ? head + line : ' '.repeat(head.length) + line,
    );
  });
  const title = `What it did (repair ${repair.repairId}, opened ${moment(repair.openedAt)})`;
  return section(title, paint, [
    ...(earlier > 0 ? [`  ... ${earlier} lines before: see repairs show`] : []),
    ...lines,
  ]);
}

function whyText({ code, sentence, lookAgainAt }: Why, now: number): string {
  const when = lookAgainAt === undefined ? undefined : ahead(lookAgainAt, now);
  const look =
    when === undefined ? '' : ` It looks again ${when} (${clockTime(lookAgainAt ?? now)}).`;
  return `${sentence}${look} [${code}]`;
}

function commandLines(view: WhyView, slipway: Commands['slipway'], paint: Paint): string[] {
  const { repair } = view;
  return [
    ...(repair
      ? section('See all of it', paint, [slipway(`repairs show ${repair.repairId}`)])
      : []),
    ...givingBack(view, slipway, paint),
    ...keepingOut(view, slipway, paint),
    ...(view.takeBack.length > 0
      ? section('Take the node back by hand', paint, view.takeBack)
      : []),
  ];
}

const because = "--reason 'because ...'";

/** What stands in the way is taken away first. */
function givingBack(view: WhyView, slipway: Commands['slipway'], paint: Paint): string[] {
  const { again, repair, held, header, node } = view;
  if (!repair || again.length === 0) return [];
  const commands = [
    ...(header.paused ? [`resume ${because}`] : []),
    ...(held ? [`unhold ${quote(node)} ${because}`] : []),
    ...again.map((way) => `repairs ${way} ${repair.repairId} ${because}`),
  ];
  return section('Let Slipway go on with it', paint, commands.map(slipway));
}

/** On a node that is cordoned already, kubectl cordon changes nothing and so tells nobody anything. */
function keepingOut({ isolated, held, node }: WhyView, slipway: Commands['slipway'], paint: Paint) {
  if (!isolated || held) return [];
  return section('Keep the node out of service, which kubectl cordon cannot', paint, [
    slipway(`hold ${quote(node)} ${because}`),
  ]);
}

function section(title: string, paint: Paint, lines: readonly string[]): string[] {
  return ['', paint('bold', title), ...lines];
}
