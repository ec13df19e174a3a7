/** What comes before every change: a reason, a dry run if wished, a question unless waived. */
import { userInfo } from 'node:os';
import { lineOf, type Subject } from '../domain/journal.ts';
import type { Author } from '../domain/repair/types.ts';
import { publishJournal } from '../event-hub/index.ts';
import { whoAmI } from '../kube/index.ts';
import { visible } from '../domain/text.ts';
import { failure, isFailure, showFailure, type Failure } from './failure.ts';
import { hubFailure } from './hubFailure.ts';
import { exits, type Exit, type Invocation } from './io.ts';
import { answer, tell } from './show.ts';
import type { Sources } from './sources.ts';

export type Change = {
  readonly reason: string;
  readonly dryRun?: true;
  readonly yes?: true;
};

/** One deed, told before it is done. */
export type Deed = {
  /** An imperative without a full stop: `hold node X`. */
  readonly what: string;
  /** More to know before saying yes. */
  readonly details?: readonly string[];
  readonly act: (by: Author) => Promise<Exit | Failure>;
};

export async function carryOut(
  invocation: Invocation,
  change: Change,
  sources: Sources,
  deed: Deed,
): Promise<Exit | Failure> {
  const { io } = invocation;
  const { details = [] } = deed;
  const by = { name: await nameOf(sources, io.env), reason: change.reason };
  if (change.dryRun) {
    const said = `Would ${deed.what} as ${by.name}: ${by.reason}`;
    const view = { kind: 'DryRun', version: 1, would: deed.what, details, by };
    answer(invocation, view, ...details, said);
    return exits.done;
  }
  if (!change.yes) {
    if (!io.ask) return failure('cannotAsk', `Nobody could be asked whether to ${deed.what}.`);
    tell(io, ...details);
    const reply = await io.ask(visible(`As ${by.name}: ${deed.what}?`));
    if (reply === 'interrupted') return failure('interrupted', `Did not ${deed.what}.`);
    if (reply === 'no') return failure('declined', `Did not ${deed.what}.`);
  }
  return deed.act(by);
}

/** The API server knows best who we are; the login name stands in where it does not answer. */
async function nameOf({ kube }: Sources, env: Invocation['io']['env']): Promise<string> {
  const known = isFailure(kube) ? undefined : await whoAmI(kube);
  if (known?.ok && known.value !== '') return known.value;
  return env['USER'] ?? userInfo().username;
}

export type Deeds = {
  readonly kind: string;
  readonly node?: string;
  readonly at: number;
  /** What the deed counts by, if anything. */
  readonly sequence?: number;
};

/** Writes into the journal who did what and why. Answers what is wrong where that failed: the deed stands. */
export async function record(
  { hub, cluster }: Sources,
  { kind, node, at, sequence = 0 }: Deeds,
  by: Author,
): Promise<Failure | undefined> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const decided = { sequence, at, command: { kind }, reason: by.reason, events: [], by: by.name };
  const stored = await publishJournal(hub, [lineOf(subjectOf(cluster.id, node), decided)]);
  if (stored.kind === 'stored') return undefined;
  const what = 'The deed is done, but the journal does not hold it';
  if (stored.kind === 'invalid') return failure('hubRefused', `${what}: ${stored.why}.`);
  return hubFailure(what, stored);
}

function subjectOf(cluster: string, node: string | undefined): Subject {
  return node === undefined ? { kind: 'cluster', cluster } : { kind: 'node', cluster, node };
}

/** Says what was done, and exits as partial where the journal could not be told. */
export function told(
  invocation: Invocation,
  done: { readonly lines: readonly string[]; readonly view: object },
  unrecorded: Failure | undefined,
): Exit {
  const view = { ...done.view, ...(unrecorded && { unrecorded }) };
  answer(invocation, view, ...done.lines);
  if (!unrecorded) return exits.done;
  return showFailure(invocation, failure('partial', unrecorded.what));
}
