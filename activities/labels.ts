/** The repair's label on pods: what cannot be written is told, and nothing waits for it. */
import type { PodFacts } from '../domain/node.ts';
import { podName } from '../domain/repair/pods.ts';
import type { Unlabelled } from '../domain/repair/types.ts';
import type { Ports, Written } from './ports.ts';
import type { Step } from '../domain/repair/step.ts';

/** As many as a person reads; a journal entry has to stay small. */
const mostTold = 20;

export async function label(
  { kube }: Ports,
  { opening }: Step,
  pods: readonly PodFacts[],
): Promise<readonly Unlabelled[]> {
  const { repairId } = opening;
  const bare = pods.filter((pod) => pod.repair !== repairId);
  return writeEach(bare, (pod) => kube.tagPod(pod, repairId));
}

/** Takes the label off every pod of the node that carries it. */
export async function unlabel({ kube }: Ports, { opening }: Step): Promise<readonly Unlabelled[]> {
  const { node, repairId } = opening;
  const listed = await kube.listPods(node);
  const pods = listed.ok ? listed.value : kube.podsOn(node);
  const unread = listed.ok ? [] : [{ pod: `pods of ${node}`, why: listed.why }];
  const ours = pods.filter((pod) => pod.repair === repairId);
  return [...unread, ...(await writeEach(ours, (pod) => kube.untagPod(pod)))];
}

async function writeEach(
  pods: readonly PodFacts[],
  write: (pod: PodFacts) => Promise<Written>,
): Promise<readonly Unlabelled[]> {
  const told = await Promise.all(
    pods.map(async (pod) => {
      const written = await write(pod);
      const why = refusalIn(written);
      return why === undefined ? [] : [{ pod: podName(pod), why }];
    }),
  );
  return told.flat().slice(0, mostTold);
}

function refusalIn(written: Written): string | undefined {
  if (written.kind === 'failed' || written.kind === 'lost') return written.why;
  return written.kind === 'conflict' ? 'the pod changed meanwhile' : undefined;
}
