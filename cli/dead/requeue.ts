/** `slipway dead requeue`: asks dispatch to handle once more what was set aside; nothing is published. */
import type { Author } from '../../domain/repair/types.ts';
import { emptyRecord, evolve, mostRequeued } from '../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../domain/dispatch/types.ts';
import type { FaultEvent } from '../../domain/fault.ts';
import { reportOf, type Made, type StoredDeadLetter } from '../../event-hub/index.ts';
import { openEpisodes } from '../episodes.ts';
import { carryOut, record, type Change } from '../change.ts';
import { failure, isFailure, showFailure, type Failure } from '../failure.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { withSources } from '../perform.ts';
import { answer } from '../show.ts';
import type { Sources } from '../sources.ts';
import { fromHub } from '../reads.ts';
import { readLetters, requeueKind } from '../../views/dead.ts';

/** The number that `dead list` shows, or all of them. */
type Which = number | 'all';

type Requeued = { readonly number: number; readonly stored: boolean; readonly why?: string };

export async function run(invocation: Invocation, which: Which, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const letters = await fromHub(sources, readLetters);
    if (isFailure(letters)) return letters;
    const chosen = letters.filter(({ deadSequence }) => which === 'all' || deadSequence === which);
    if (chosen.length === 0)
      return failure('deadNotFound', `There is no number ${which} in the stream DEAD.`);
    const what = which === 'all' ? `requeue all ${chosen.length}` : `requeue number ${which}`;
    return carryOut(invocation, change, sources, {
      what: `${what} of what was set aside`,
      details: chosen.map(({ deadSequence, detail }) => `${deadSequence}: ${detail}`),
      act: (by) => requeueAll(invocation, sources, chosen, by),
    });
  });
}

async function requeueAll(
  invocation: Invocation,
  sources: Sources,
  letters: readonly StoredDeadLetter[],
  by: Author,
): Promise<Exit> {
  const requeued: Requeued[] = [];
  for (const letter of letters) requeued.push(await requeueOne(invocation, sources, letter, by));
  const view = { kind: 'Requeue', version: 1, letters: requeued, by };
  const lines = requeued.map(({ number, stored, why }) =>
    stored ? `${number}: requeued` : `${number}: not requeued: ${why ?? ''}`,
  );
  answer(invocation, view, ...lines);
  const failed = requeued.filter(({ stored }) => !stored).length;
  if (failed === 0) return exits.done;
  return showFailure(
    invocation,
    failure('partial', `${failed} of ${letters.length} stay in DEAD.`),
  );
}

async function requeueOne(
  { io }: Invocation,
  sources: Sources,
  letter: StoredDeadLetter,
  by: Author,
): Promise<Requeued> {
  const number = letter.deadSequence;
  const why = await ask(sources, letter);
  if (why !== undefined) return { number, stored: false, why };
  const deed = { kind: requeueKind, at: io.now(), sequence: number };
  const unrecorded: Failure | undefined = await record(sources, deed, by);
  return { number, stored: true, ...(unrecorded && { why: unrecorded.what }) };
}

/** Notes it in the node's record, which dispatch follows. Answers why not, if it could not. */
async function ask(sources: Sources, letter: StoredDeadLetter): Promise<string | undefined> {
  const report = reportOf(letter);
  if (!report.ok) return report.why;
  const { event } = report.fault;
  const bucket = await openEpisodes(sources);
  if (isFailure(bucket)) return bucket.what;
  const number = letter.deadSequence;
  const changed = await bucket.change(event.node, (known) => asked(known, event, number));
  return changed.kind === 'changed' ? changed.result : changed.why;
}

/** The result says why it is not noted. */
function asked(
  known: EpisodeRecord | undefined,
  event: FaultEvent,
  number: number,
): Made<EpisodeRecord, string | undefined> {
  const value = evolve(known ?? emptyRecord(event), { kind: 'requeueAsked', number });
  return value.requeued?.includes(number)
    ? { value, result: undefined }
    : { value: known, result: `${mostRequeued} wait for ${event.node} already` };
}
