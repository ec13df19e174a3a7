/** Labels the pods that are about to move, before anything moves; that there are none is proved by a list. */
import { movable } from '../domain/repair/pods.ts';
import { freshLook, unread } from './freshLook.ts';
import { label } from './labels.ts';
import type { Ports } from './ports.ts';
import type { Step, StepOutcome } from './step.ts';

export async function tagPods(ports: Ports, step: Step): Promise<StepOutcome> {
  await ports.pace.afterIsolations();
  const look = await freshLook(ports, step, 'act');
  if (!look.ok) return look.outcome;
  const listed = await ports.kube.listPods(step.opening.node);
  if (!listed.ok) return unread(listed);
  const pods = movable(listed.value);
  const untagged = await label(ports, step, pods);
  return { kind: 'podsTagged', pods: pods.length, ...(untagged.length > 0 && { untagged }) };
}
