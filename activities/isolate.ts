/** Cordons the node with our mark, unless a fresh look forbids it or it is done already. */
import { isIsolatedBy, isolationMark } from '../domain/marks.ts';
import type { IsolationMark, NodeFacts } from '../domain/node.ts';
import { marks } from '../domain/vocabulary.ts';
import { freshLook, unreadable } from './freshLook.ts';
import type { Ports, Written } from './ports.ts';
import type { Step, StepOutcome } from './step.ts';

/** Somebody else writes to a node every few seconds at most, so a second conflict in a row is rare. */
const triesOnConflict = 3;

export async function isolate(ports: Ports, step: Step): Promise<StepOutcome> {
  if (await cordonedOnSight(ports, step)) return { kind: 'isolated' };
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const look = await freshLook(ports, step, 'isolate');
    if (!look.ok) return look.outcome;
    if (isIsolatedBy(look.node, step.opening.repairId)) return { kind: 'isolated' };
    const written = await cordon(ports, step, look.node);
    if (written.kind === 'done') return { kind: 'isolated' };
    if (written.kind === 'failed') return unreadable(written.why);
  }
  return unreadable('the node changed under every try to cordon it');
}

/** The quick way: the cached node, which the patch's resource version proves to be the present one; or not at all. */
async function cordonedOnSight(ports: Ports, step: Step): Promise<boolean> {
  const known = ports.kube.cachedNode(step.opening.node);
  if (!known || known.unschedulable || isolationMark(known)) return false;
  const look = await freshLook(ports, step, 'isolate', known);
  return look.ok && (await cordon(ports, step, known)).kind === 'done';
}

/** A node that is out already keeps its cordon: ours from a superseded repair, or a person's that the policy allows. */
async function cordon(ports: Ports, { opening }: Step, node: NodeFacts): Promise<Written> {
  const mark: IsolationMark = { repair: opening.repairId, at: ports.clock() };
  if (!node.unschedulable) return ports.kube.isolate(node, mark);
  const inherited = opening.after !== undefined && isIsolatedBy(node, opening.after.repairId);
  const found: IsolationMark = inherited ? mark : { ...mark, foundCordoned: true };
  return ports.kube.annotate(node, { [marks.isolation]: JSON.stringify(found) });
}
