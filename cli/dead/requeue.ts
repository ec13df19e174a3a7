/** `slipway dead requeue`: sends what was set aside once more, under a new id. */
import type { Author } from '../../domain/repair/types.ts';
import { requeueDead, type StoredDeadLetter } from '../../event-hub/index.ts';
import { carryOut, record, type Change } from '../change.ts';
import { failure, isFailure, showFailure, type Failure } from '../failure.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { withSources } from '../perform.ts';
import { answer } from '../show.ts';
import type { Sources } from '../sources.ts';
import { readLetters, requeueKind } from './list.ts';

/** The number that `dead list` shows, or all of them. */
export type Which = number | 'all';

type Requeued = { readonly number: number; readonly stored: boolean; readonly why?: string };

export async function run(invocation: Invocation, which: Which, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const letters = await readLetters(sources);
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
  const { hub } = sources;
  if (isFailure(hub)) return { number, stored: false, why: hub.what };
  const sent = await requeueDead(hub, letter);
  if (sent.kind !== 'stored') return { number, stored: false, why: sent.why };
  const deed = { kind: requeueKind, at: io.now(), sequence: number };
  const unrecorded: Failure | undefined = await record(sources, deed, by);
  return { number, stored: true, ...(unrecorded && { why: unrecorded.what }) };
}
