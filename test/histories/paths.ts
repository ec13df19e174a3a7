/** Every path that a repair can take, so that its history can be recorded: each brings one node to its end. */
import { refusesPatch, refusesPodList } from '../support/loop.ts';
import type { Loop } from '../support/loop.ts';
import { say } from '../../temporal/index.ts';
import { workflowIdOf } from '../../workflows/contract/index.ts';
import { deployOn, liftBudget } from '../support/pods.ts';

export type Path = (loop: Loop, node: string) => Promise<unknown>;

const quick = 'KernelDeadlock';
const soaking = 'ReadonlyFilesystem';
const waiting = 'XfsShutdown';
export const checks = { quick, soaking, waiting };

export const actPaths: Readonly<Record<string, Path>> = {
  repaired: async (loop, node) => {
    await deployOn(loop, node);
    await loop.fail(node);
    await ended(loop, node);
  },
  'repaired-by-second-rung': async (loop, node) => {
    await loop.stack.hardware.behave(node, {
      ignores: ['GracefulRestart'],
      bootMs: [500, 1_000],
    });
    await loop.fail(node);
    await ended(loop, node);
  },
  'repaired-after-budget': async (loop, node) => {
    await deployOn(loop, node, { minAvailable: 2 });
    await loop.fail(node);
    await loop.state(node, ({ pods }) => pods.blockers.length > 0);
    await liftBudget(loop, node);
    await ended(loop, node);
  },
  'unknown-resolved': async (loop, node) => {
    await loop.stack.hardware.behave(node, { neverAnswers: true, bootMs: [500, 1_000] });
    await loop.fail(node);
    await ended(loop, node);
  },
  'recovered-before-isolation': async (loop, node) => {
    const relent = loop.mischief.begin(refusesPatch(`/api/v1/nodes/${node}`));
    await loop.fail(node);
    await loop.state(node, ({ refused }) => refused !== undefined);
    await loop.heal(node);
    await ended(loop, node);
    relent();
  },
  'recovered-while-migrating': async (loop, node) => {
    await deployOn(loop, node, { minAvailable: 2 });
    await loop.fail(node);
    await loop.state(node, ({ pods }) => pods.blockers.length > 0);
    await loop.heal(node);
    await ended(loop, node);
  },
  'escalated-ladder-exhausted': async (loop, node) => {
    await loop.stack.hardware.behave(node, { rejects: ['GracefulRestart', 'PowerCycle'] });
    await loop.fail(node);
    await ended(loop, node);
  },
  'escalated-held-mid-repair': async (loop, node) => {
    await loop.fail(node, soaking);
    await loop.state(node, (state) => state.waiting?.reason === 'soak');
    await loop.annotate(node, { 'slipway.dev/hold': 'kept by a person' });
    await ended(loop, node);
  },
  'taken-over': async (loop, node) => {
    await deployOn(loop, node, { minAvailable: 2 });
    await loop.fail(node);
    await loop.state(node, ({ pods }) => pods.blockers.length > 0);
    await loop.cordon(node, false);
    await ended(loop, node);
  },
  'cancelled-by-hold': async (loop, node) => {
    await deployOn(loop, node, { minAvailable: 2 });
    await loop.fail(node);
    await loop.state(node, ({ pods }) => pods.blockers.length > 0);
    await loop.annotate(node, { 'slipway.dev/hold': 'kept by a person' });
    await ended(loop, node);
  },
  'cancelled-awaiting-permit': async (loop, node) => {
    await loop.fail(node, waiting);
    await loop.state(node, ({ refused }) => refused?.reason === 'budget-full');
    await cancelled(loop, node);
  },
  'cancelled-isolating': (loop, node) => cancelledWhileRefused(loop, node, 'isolating'),
  'cancelled-tagging': (loop, node) => cancelledWhileRefused(loop, node, 'tagging'),
  'cancelled-migrating': async (loop, node) => {
    await deployOn(loop, node, { minAvailable: 2 });
    await loop.fail(node);
    await loop.state(node, ({ pods }) => pods.blockers.length > 0);
    await cancelled(loop, node);
  },
  'cancelled-repairing': async (loop, node) => {
    const slow = { answersAfterMs: 1_500, ignores: ['GracefulRestart' as const] };
    await loop.stack.hardware.behave(node, slow);
    await loop.fail(node);
    await loop.until(`the BMC of ${node} is asked`, async () => {
      const calls = await loop.calls();
      return calls.some(({ system }) => system === node) || undefined;
    });
    await cancelled(loop, node);
  },
  'cancelled-verifying': async (loop, node) => {
    await loop.fail(node, soaking);
    await loop.state(node, (state) => state.waiting?.reason === 'soak');
    await cancelled(loop, node);
  },
  'cancelled-returning': async (loop, node) => {
    await loop.stack.hardware.behave(node, { bootMs: [6_000, 6_000] });
    await loop.fail(node, soaking);
    await loop.state(node, (state) => state.waiting?.reason === 'boot');
    const relent = loop.mischief.begin(refusesPatch(`/api/v1/nodes/${node}`));
    await loop.inPhase(node, 'returning');
    await loop.cancel(node);
    relent();
    await ended(loop, node);
  },
  'continued-as-new': continueAsNew,
};

export const observePaths: Readonly<Record<string, Path>> = {
  observed: async (loop, node) => {
    await loop.fail(node);
    await ended(loop, node);
  },
};

function ended(loop: Loop, node: string): Promise<unknown> {
  return loop.ended(node);
}

/** Stands in `phase` because the API server refuses what that phase writes, and is cancelled there. */
async function cancelledWhileRefused(
  loop: Loop,
  node: string,
  phase: 'isolating' | 'tagging',
): Promise<void> {
  const refuses =
    phase === 'isolating' ? refusesPatch(`/api/v1/nodes/${node}`) : refusesPodList(node);
  if (phase === 'tagging') await deployOn(loop, node);
  const relent = loop.mischief.begin(refuses);
  await loop.fail(node);
  await loop.state(node, (state) => state.phase === phase && state.refused !== undefined);
  await cancelled(loop, node);
  relent();
}

/** News by the hundred make a repair's history so long that it begins a new run; the kept history is the last run's. */
async function continueAsNew(loop: Loop, node: string): Promise<void> {
  const { cluster, temporal } = loop;
  await loop.fail(node, waiting);
  const { repairId } = await loop.state(node, ({ refused }) => refused?.reason === 'budget-full');
  const handle = temporal.client.workflow.getHandle(workflowIdOf(cluster, node));
  const { runId } = await handle.describe();
  const arrival = { kind: 'lookAgain', because: 'there is news' } as const;
  const news = (): Promise<unknown> => say(temporal, { cluster, node }, { repairId, arrival });
  while ((await handle.describe()).runId === runId) {
    await Promise.all(Array.from({ length: 50 }, news));
    // News that come faster than they are taken in would never let the run end.
    await loop.state(node, () => true);
  }
  await cancelled(loop, node);
}

async function cancelled(loop: Loop, node: string): Promise<unknown> {
  await loop.cancel(node);
  return loop.ended(node);
}
