import { expect, test } from 'vitest';
import type { ObservedNode } from '../../../schemas/local/observedNode.ts';
import { waitFor } from '../../../embedded/waitFor.ts';
import { readState } from '../../../embedded/state/index.ts';
import { useStack } from '../../support/stack.ts';

const stack = useStack({ temporalUi: true });

function untilReadyIs(name: string, status: string): Promise<ObservedNode | undefined> {
  return waitFor(
    async () => {
      const node = await stack().node(name);
      return conditionOf(node, 'Ready') === status ? node : undefined;
    },
    { deadlineMs: 5_000 },
  );
}

function conditionOf(node: ObservedNode | undefined, type: string): string | undefined {
  return node?.status.conditions.find((condition) => condition.type === type)?.status;
}

test('every server runs and says where it listens', async () => {
  const answer = await readState(stack().dataDir);
  expect(answer).toMatchObject({ kind: 'found', state: { ready: true } });
  expect(stack().state.children.map((child) => child.name)).toEqual([
    'nats',
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kwok',
    'temporal',
    'temporal-ui',
    'bmc',
  ]);
  const page = await fetch(`${stack().state.temporal.uiUrl}/api/v1/settings`);
  expect(await page.json()).toMatchObject({ DisableWriteActions: true });
});

test('a machine that is reset comes back with a new boot ID and without its fault', async () => {
  const [{ name, uuid } = { name: '', uuid: '' }] = await stack().createNodes(1);
  await stack().hardware.behave(name, { bootMs: [300, 400] });
  await stack().setCondition(name, { type: 'KernelDeadlock', status: 'True' });
  const before = await stack().node(name);
  expect(before?.status.nodeInfo.systemUUID).toBe(uuid);
  expect(conditionOf(before, 'KernelDeadlock')).toBe('True');
  await stack().hardware.reboot(name);
  expect(await untilReadyIs(name, 'Unknown')).toBeDefined();
  const after = await untilReadyIs(name, 'True');
  expect(conditionOf(after, 'KernelDeadlock')).toBe('False');
  expect(after?.status.nodeInfo.bootID).not.toBe(before?.status.nodeInfo.bootID);
});
