/** Labels the pods that are about to move, before anything moves. */
import { movable } from '../domain/repair/pods.ts';
import { freshLook, unreadable } from './freshLook.ts';
import type { Ports } from './ports.ts';
import type { Step, StepOutcome } from './step.ts';

export async function tagPods(ports: Ports, step: Step): Promise<StepOutcome> {
  await ports.pace.afterIsolations();
  const look = await freshLook(ports, step, 'act');
  if (!look.ok) return look.outcome;
  const { repairId, node } = step.opening;
  const pods = movable(ports.kube.podsOn(node));
  const untagged = pods.filter((pod) => pod.repair !== repairId);
  const written = await Promise.all(untagged.map((pod) => ports.kube.tagPod(pod, repairId)));
  const failed = written.find((answer) => answer.kind === 'failed');
  return failed ? unreadable(failed.why) : { kind: 'podsTagged', pods: pods.length };
}
