/** `slipway pause` and `slipway resume`: nothing new is done in the whole cluster, or again. */
import { clearPause, readPause, writePause } from '../../kube/index.ts';
import { readNote } from '../../schemas/wire/personNote.ts';
import { carryOut, record, told, type Change, type Deed } from '../change.ts';
import { isFailure, type Failure } from '../failure.ts';
import { noteText } from '../header.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { kubeFailure } from '../kubeRefusal.ts';
import { withSources } from '../perform.ts';
import { answer } from '../show.ts';
import type { Sources } from '../sources.ts';

export async function pause(invocation: Invocation, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) =>
    steer(invocation, change, sources, {
      kind: 'Pause',
      what: 'pause Slipway in the whole cluster',
      done: 'Paused: no new act is begun. Returns and cancellations still go on.',
      write: (kube, by, at) => writePause(kube, { by: by.name, reason: by.reason, at }),
    }),
  );
}

export async function resume(invocation: Invocation, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) =>
    steer(invocation, change, sources, {
      kind: 'Resume',
      nothingIfNotPaused: true,
      what: 'let Slipway act again in the whole cluster',
      done: 'Resumed.',
      write: (kube) => clearPause(kube),
    }),
  );
}

type ReachedKube = Exclude<Sources['kube'], Failure>;

type Steering = {
  readonly kind: 'Pause' | 'Resume';
  readonly nothingIfNotPaused?: true;
  readonly what: string;
  readonly done: string;
  readonly write: (
    kube: ReachedKube,
    by: Parameters<Deed['act']>[0],
    at: number,
  ) => ReturnType<typeof writePause>;
};

/** Neither the hub nor Temporal is needed: a pause must work when little else does. */
async function steer(
  invocation: Invocation,
  change: Change,
  sources: Sources,
  { kind, what, done, write, nothingIfNotPaused }: Steering,
): Promise<Exit | Failure> {
  const { kube } = sources;
  if (isFailure(kube)) return kube;
  const present = await readPause(kube);
  if (!present.ok) return kubeFailure(present.refusal, what);
  if (nothingIfNotPaused && present.value === undefined) return notPaused(invocation);
  const now = invocation.io.now();
  const note = present.value === undefined ? 'not paused' : pausedText(present.value, now);
  return carryOut(invocation, change, sources, {
    what,
    details: [`Now: ${note}.`],
    act: async (by) => {
      const at = invocation.io.now();
      const written = await write(kube, by, at);
      if (!written.ok) return kubeFailure(written.refusal, what);
      const unrecorded = await record(sources, { kind: kind.toLowerCase(), at }, by);
      return told(invocation, { lines: [done], view: { kind, version: 1, by } }, unrecorded);
    },
  });
}

function notPaused(invocation: Invocation): Exit {
  const what = 'Slipway is not paused.';
  answer(invocation, { kind: 'NothingToDo', version: 1, what }, what);
  return exits.done;
}

function pausedText(text: string, now: number): string {
  return `paused ${noteText(readNote(text), now)}`;
}
