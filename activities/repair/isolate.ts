/** Cordons the node with our mark, unless a fresh look forbids it or it is done already. */
import { isIsolatedBy, isolationMark } from '../../domain/marks.ts';
import type { IsolationMark, NodeFacts } from '../../domain/node.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import { freshLook } from '../freshLook.ts';
import type { Ports, Written } from '../ports.ts';
import type { Step, StepOutcome } from '../step.ts';

/** Somebody else writes to a node every few seconds at most, so a second conflict in a row is rare. */
const triesOnConflict = 3;

export async function isolate(ports: Ports, step: Step): Promise<StepOutcome> {
  const onSight = await cordonOnSight(ports, step);
  if (onSight) return onSight;
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const look = await freshLook(ports, step, 'isolate');
    if (!look.ok) return look.outcome;
    if (isIsolatedBy(look.node, step.opening.repairId)) return { kind: 'isolated' };
    const ended = outcomeOf(await cordon(ports, step, look.node));
    if (ended) return ended;
  }
  return refusedCordon('the node changed under every try to cordon it');
}

/** The quick way: the cached node, which the patch's resource version proves to be the present one; or not at all. */
async function cordonOnSight(ports: Ports, step: Step): Promise<StepOutcome | undefined> {
  const known = ports.kube.cachedNode(step.opening.node);
  if (!known || known.unschedulable || isolationMark(known)) return undefined;
  const look = await freshLook(ports, step, 'isolate', known);
  return look.ok ? outcomeOf(await cordon(ports, step, known)) : undefined;
}

/** None where another look may find better. Only a patch that was sent leaves a doubt behind. */
function outcomeOf(written: Written): StepOutcome | undefined {
  switch (written.kind) {
    case 'done':
      return { kind: 'isolated' };
    case 'failed':
      return refusedCordon(written.why);
    case 'lost':
      return { kind: 'refused', reason: 'cordon-unconfirmed', detail: written.why };
    case 'conflict':
    case 'gone':
      return undefined;
  }
}

function refusedCordon(why: string): StepOutcome {
  return { kind: 'refused', reason: 'cordon-refused', detail: why };
}

/** A node that is out already keeps its cordon: ours from a superseded repair, or a person's that the policy allows. */
async function cordon(ports: Ports, { opening }: Step, node: NodeFacts): Promise<Written> {
  const mark: IsolationMark = { repair: opening.repairId, at: ports.clock() };
  if (!node.unschedulable) return ports.kube.isolate(node, mark);
  const found: IsolationMark = { ...mark, foundCordoned: true };
  const kept = isOnlyOurs(node, opening.after?.repairId) ? mark : found;
  return ports.kube.annotate(node, { [marks.isolation]: JSON.stringify(kept) });
}

/** Whether the cordon was set by the repair that this one continues, and by nobody before it. */
function isOnlyOurs(node: NodeFacts, formerRepair: string | undefined): boolean {
  if (formerRepair === undefined || !isIsolatedBy(node, formerRepair)) return false;
  return isolationMark(node)?.foundCordoned !== true;
}
