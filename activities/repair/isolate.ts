/** Cordons the node with our mark, unless a fresh look forbids it or it is done already. */
import { isIsolatedBy, isolationMark } from '../../domain/marks.ts';
import type { IsolationMark, NodeFacts } from '../../domain/node.ts';
import { marks } from '../../domain/vocabulary/marks.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { freshLook } from '../freshLook.ts';
import type { LookAnswer } from '../freshLook.ts';
import type { Ports, Written } from '../ports.ts';
import type { Step } from '../../domain/repair/step.ts';
import type { StepOutcome } from '../step.ts';

/** Somebody else writes to a node every few seconds at most, so a second conflict in a row is rare. */
const triesOnConflict = 3;
/** A look that was answered longer ago, since its machine took its time, is made again. */
const freshForMs = 250;

export async function isolate(
  ports: Ports,
  step: Step,
  sight: IsolationSight | undefined = lookOnSight(ports, step),
): Promise<StepOutcome> {
  const onSight = sight && (await cordonOnSight(ports, step, sight));
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

/** A look with the cached node in place of a read, and when it was answered. */
export type IsolationSight = {
  readonly known: NodeFacts;
  readonly look: Promise<{ readonly answer: LookAnswer; readonly at: EpochMs }>;
};

/** The quick way: the cached node, which the patch's resource version proves to be the present one; or not at all. */
export function lookOnSight(ports: Ports, step: Step): IsolationSight | undefined {
  const known = ports.kube.cachedNode(step.opening.node);
  if (!known || known.unschedulable || isolationMark(known)) return undefined;
  const look = freshLook(ports, step, 'isolate', known).then((answer) => ({
    answer,
    at: ports.clock(),
  }));
  look.catch(() => undefined); // Nobody awaits it where the repair ends before its isolation.
  return { known, look };
}

async function cordonOnSight(
  ports: Ports,
  step: Step,
  { known, look }: IsolationSight,
): Promise<StepOutcome | undefined> {
  const { answer, at } = await look;
  const isFresh = ports.clock() - at <= freshForMs;
  return answer.ok && isFresh ? outcomeOf(await cordon(ports, step, known)) : undefined;
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
