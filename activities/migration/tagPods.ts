/** Labels the pods that are about to move, before anything moves; that there are none is proved by a list. */
import { freshLook, unread } from '../freshLook.ts';
import { label } from '../labels.ts';
import { podsNow, sortingOf, stayingIn } from '../podsNow.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

export async function tagPods(ports: Ports, step: Step): Promise<StepOutcome> {
  await ports.pace.afterIsolations();
  const look = await freshLook(ports, step, 'act');
  if (!look.ok) return look.outcome;
  const sorted = await podsNow(ports, step, sortingOf(step, look.node.isolatedAt));
  if (!sorted.ok) return unread(sorted);
  const { moving, kept } = sorted.value;
  const untagged = await label(ports, step, moving);
  return {
    kind: 'podsTagged',
    pods: moving.length + kept.length,
    ...stayingIn(sorted.value),
    ...(untagged.length > 0 && { untagged }),
  };
}
