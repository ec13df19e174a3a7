/** `slipway repairs replay ID`: asks today's code, or another policy, again. Reads the journal alone, writes nothing. */
import { readFile } from 'node:fs/promises';
import { errorText } from '../../std/errorText.ts';
import type { RepairPolicy } from '../../domain/repair/policy.ts';
import { replay, type Replayed } from '../../domain/repair/replay.ts';
import type { Command, RepairOpening } from '../../domain/repair/types.ts';
import { parseRepairPolicies } from '../../schemas/config/repairPolicy.ts';
import { failure, isFailure, type Failure } from '../failure.ts';
import type { Header } from '../../views/header.ts';
import { orFailure, readHeader } from '../reads.ts';
import { renderHeader, renderUnread } from '../header.ts';
import { exits, type Exit, type Invocation, type Screen } from '../io.ts';
import { stateOf, type RepairLog } from '../../views/journal.ts';
import { withSources } from '../perform.ts';
import { show } from '../show.ts';
import { painter, type Paint } from '../text/paint.ts';
import { labelled } from '../text/table.ts';
import { clockTime } from '../text/amounts.ts';
import { codeVersion } from '../version.ts';
import { findLog } from './find.ts';

export type ReplayView = {
  readonly kind: 'Replay';
  readonly version: 1;
  readonly header: Header;
  readonly repairId: string;
  readonly decidedBy: string;
  readonly codeVersion: string;
  /** The policy that was asked, and whether it is the repair's own. */
  readonly policy: string;
  readonly ownPolicy: boolean;
  readonly decisions: readonly Replayed[];
  readonly different: number;
  readonly unread: readonly Failure[];
};

export type ReplayOptions = { readonly policy?: string; readonly all?: true };

export async function run(
  invocation: Invocation,
  id: string,
  options: ReplayOptions,
): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const log = await findLog(sources, id);
    if (isFailure(log)) return log;
    const state = orFailure(stateOf(log));
    if (isFailure(state) || !log.opening) return isFailure(state) ? state : noOpening(id);
    const policy = await policyFor(log.opening, options.policy);
    if (isFailure(policy)) return policy;
    const head = await readHeader(sources, invocation.io.now());
    const view = replayView(log, log.opening, policy, options.policy === undefined);
    const whole: ReplayView = { ...view, header: head.header, unread: head.unread };
    show(invocation, whole, (shown, screen) => renderReplay(shown, screen, options.all ?? false));
    return head.unread.length > 0 ? exits.partial : exits.done;
  });
}

function noOpening(id: string): Failure {
  return failure('journalIncomplete', `The journal of ${id} lacks its first entry.`);
}

export function replayView(
  log: RepairLog,
  opening: RepairOpening,
  policy: RepairPolicy,
  ownPolicy: boolean,
): Omit<ReplayView, 'header' | 'unread'> {
  const decisions = replay(opening, log.entries, policy);
  return {
    kind: 'Replay',
    version: 1,
    repairId: log.repairId,
    decidedBy: opening.codeVersion,
    codeVersion,
    policy: policy.name,
    ownPolicy,
    decisions,
    different: decisions.filter(({ same }) => !same).length,
  };
}

/** Of a file the policy of the same name, or else the one that names the check. */
async function policyFor(
  opening: RepairOpening,
  path: string | undefined,
): Promise<RepairPolicy | Failure> {
  if (path === undefined) return opening.policy;
  const text = await readFile(path, 'utf8').catch((error: unknown) => ({ why: errorText(error) }));
  if (typeof text !== 'string')
    return failure('policyUnreadable', `The policy file ${path} cannot be read: ${text.why}.`);
  const read = parseRepairPolicies([{ path, text }]);
  if (!read.ok) return failure('policyUnreadable', `The policy file is not right.\n${read.why}`);
  const { check } = opening.fault;
  const named = read.value.find(({ name }) => name === opening.policy.name);
  const policy = named ?? read.value.find(({ checks }) => checks.includes(check));
  const what = `No policy in ${path} is named ${opening.policy.name} or names the check ${check}.`;
  return policy ?? failure('policyUnreadable', what);
}

export function renderReplay(view: ReplayView, screen: Screen, all: boolean): string[] {
  const paint = painter(screen.color);
  const { width } = screen;
  const shown = view.decisions.filter(({ same }) => all || !same);
  const whose = view.ownPolicy ? 'its own policy' : 'the policy of the file';
  return [
    ...renderHeader(view.header, width, paint),
    '',
    ...labelled('Repair', `${view.repairId}, decided by version ${view.decidedBy}`, width),
    ...labelled('Asked', `version ${view.codeVersion} with ${whose}, ${view.policy}`, width),
    ...labelled('Found', verdict(view), width),
    ...(shown.length === 0 ? [] : ['']),
    ...shown.flatMap((decision) => decisionLines(decision, width, paint)),
    ...renderUnread(view.unread, width, paint),
  ];
}

function verdict({ decisions, different }: ReplayView): string {
  const total = `${decisions.length} decisions`;
  return different === 0 ? `all ${total} are the same` : `${different} of ${total} differ`;
}

function decisionLines(replayed: Replayed, width: number, paint: Paint): string[] {
  const { sequence, at, phase, recorded, decided, same } = replayed;
  const head = `${same ? '=' : '≠'} ${clockTime(at)} ${phase.padEnd(15)} #${sequence}`;
  const told = labelled('  recorded', commandText(recorded), width);
  if (same) return [head, ...told];
  return [paint('yellow', head), ...told, ...labelled('  now', commandText(decided), width)];
}

/** `wait reason=boot until=17:13:56Z`. */
function commandText({ kind, ...details }: Command): string {
  const parts = Object.entries(details).map(([key, value]) => {
    const isTime = typeof value === 'number' && (key === 'until' || key.endsWith('At'));
    return `${key}=${isTime ? clockTime(value) : String(value)}`;
  });
  return [kind, ...parts].join(' ');
}
