/** `slipway hold NODE` and `slipway unhold NODE`: a person keeps a node out of Slipway's hands, or gives it back. */
import { marks } from '../../domain/vocabulary/marks.ts';
import { clearHold, getNode, writeHold, type Kube } from '../../kube/index.ts';
import { readNote } from '../../schemas/wire/personNote.ts';
import { carryOut, record, told, type Change } from '../change.ts';
import { isFailure, type Failure } from '../failure.ts';
import { noteText } from '../header.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { kubeFailure } from '../kubeRefusal.ts';
import { withSources } from '../perform.ts';
import { answer } from '../show.ts';
import type { Sources } from '../sources.ts';

export async function hold(invocation: Invocation, node: string, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const found = await holdOf(sources, node, `hold node ${node}`);
    if (isFailure(found)) return found;
    const { kube, note } = found;
    const now = invocation.io.now();
    return carryOut(invocation, change, sources, {
      what: `hold node ${node}`,
      details: note === undefined ? [] : [`It is on hold already, ${noteText(note, now)}`],
      act: async (by) => {
        const at = invocation.io.now();
        const written = await writeHold(kube, node, { by: by.name, reason: by.reason, at });
        if (!written.ok) return kubeFailure(written.refusal, `hold node ${node}`);
        const unrecorded = await record(sources, { kind: 'hold', node, at }, by);
        const lines = [`Node ${node} is on hold: Slipway does nothing more to it.`];
        const view = { kind: 'Hold', version: 1, node, by };
        return told(invocation, { lines, view }, unrecorded);
      },
    });
  });
}

export async function unhold(invocation: Invocation, node: string, change: Change): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const what = `give node ${node} back to Slipway`;
    const found = await holdOf(sources, node, what);
    if (isFailure(found)) return found;
    const { kube, note } = found;
    if (note === undefined) return notHeld(invocation, node);
    return carryOut(invocation, change, sources, {
      what,
      details: [`On hold ${noteText(note, invocation.io.now())}`],
      act: async (by) => {
        const cleared = await clearHold(kube, node);
        if (!cleared.ok) return kubeFailure(cleared.refusal, what);
        const deed = { kind: 'unhold', node, at: invocation.io.now() };
        const unrecorded = await record(sources, deed, by);
        const lines = [`Node ${node} is Slipway's again.`];
        const view = { kind: 'Unhold', version: 1, node, by };
        return told(invocation, { lines, view }, unrecorded);
      },
    });
  });
}

async function holdOf(
  { kube }: Sources,
  node: string,
  what: string,
): Promise<HoldOnNode | Failure> {
  if (isFailure(kube)) return kube;
  const facts = await getNode(kube, node);
  if (!facts.ok) return kubeFailure(facts.refusal, what);
  const text = facts.value.marks[marks.hold];
  return { kube, note: text === undefined ? undefined : readNote(text) };
}

type HoldOnNode = { readonly kube: Kube; readonly note: ReturnType<typeof readNote> | undefined };

function notHeld(invocation: Invocation, node: string): Exit {
  const what = `Node ${node} is not on hold.`;
  const view = { kind: 'NothingToDo', version: 1, what };
  answer(invocation, view, what);
  return exits.done;
}
