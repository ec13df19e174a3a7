/** A repair goes on from what another build carried over, or is handed over where that is not understood. */
import { expect, test } from 'vitest';
import { emptyBacklog } from '../../domain/repair/entries.ts';
import type { RepairState } from '../../domain/repair/types.ts';
import { resets } from '../../embedded/oracle/index.ts';
import { nodeRepairContract, taskQueueOf, workflowIdOf } from '../../workflows/contract/index.ts';
import type { NodeRepairInput } from '../../workflows/contract/index.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 4,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
});

/** Puts another run in the place of a repair that waits, as a build of this version would have continued it. */
async function carryOver(node: string, version: number, more: object = {}): Promise<string> {
  const { temporal, cluster } = loop();
  await loop().pause('{"by":"alice","reason":"versions","at":1}');
  await loop().fail(node);
  const state = await loop().state(node, ({ refused }) => refused?.reason === 'paused');
  const entries = await loop().until('it is journaled', () => {
    const all = loop().entries(node);
    return all.length > 1 ? all : undefined;
  });
  const opening = entries[0]?.opening;
  if (!opening) throw new Error('its first entry holds no opening');
  const carried = {
    version,
    state: { ...state, ...more } as RepairState,
    inbox: [],
    pending: emptyBacklog,
    sequence: 1_000,
  };
  const input: NodeRepairInput = { opening, carried };
  const { repairId } = opening;
  await temporal.client.workflow.start(nodeRepairContract.type, {
    workflowId: workflowIdOf(cluster, node),
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    taskQueue: taskQueueOf('repairs', cluster),
    memo: { repairId },
    args: [input],
  });
  await loop().pause(null);
  return repairId;
}

test('a newer minor version is gone on with, and what it added stays in the state', async () => {
  const node = loop().takeNode();
  const repairId = await carryOver(node, 1.3, { torque: 7 });
  const state = await loop().state(node, ({ attempts }) => attempts === 1);
  expect(state).toMatchObject({ torque: 7 });
  expect(await loop().ended(node)).toMatchObject({ repairId, outcome: 'repaired' });
});

test('another major version is handed over with nothing done', async () => {
  const node = loop().takeNode();
  const repairId = await carryOver(node, 2);
  expect(await loop().ended(node)).toMatchObject({
    repairId,
    outcome: 'escalated',
    reason: 'stuck',
  });
  expect(resets(await loop().calls(), node)).toEqual([]);
  expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false });
});
