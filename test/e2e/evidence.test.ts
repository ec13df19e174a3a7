/** Evidence has one order and an age, and repairs are remembered; judged by the audit log and the BMC's call log. */
import { expect, test } from 'vitest';
import { isolations, resets } from '../../embedded/oracle/index.ts';
import { streams } from '../../domain/vocabulary/hub.ts';
import { eventId } from '../../event-hub/ids.ts';
import { publishFault } from '../../event-hub/index.ts';
import { cli, outputOf } from '../support/cli.ts';
import { expectKind } from '../support/hub.ts';
import { policyFile, powerCycle, reboot, useLoop, viewNode } from '../support/loop.ts';
import { faultEvent } from '../support/samples.ts';

const check = 'KernelDeadlock';
const days = 24 * 60 * 60_000;

const loop = useLoop({
  mode: 'act',
  nodes: 12,
  policies: policyFile([
    { name: 'ladder', checks: [check], soak: '3s', ladder: [reboot, powerCycle] },
    {
      name: 'own',
      checks: [{ name: 'AcceleratedHardwareReady', faultyWhen: 'False' }, 'KernelDeadlok'],
      soak: '3s',
      ladder: [reboot],
    },
    {
      name: 'once',
      checks: ['ReadonlyFilesystem'],
      soak: '3s',
      relapse: { escalateAfter: 1 },
      ladder: [reboot, powerCycle],
    },
  ]),
});

async function resetTypes(node: string): Promise<unknown[]> {
  return resets(await loop().calls(), node).map(({ resetType }) => resetType);
}

/** A whole repair of another node: what was published before it has long been handled. */
async function healAnother(): Promise<void> {
  const node = loop().takeNode();
  await loop().fail(node);
  await loop().ended(node);
}

async function why(node: string): Promise<string> {
  const words = ['why', node, '-o', 'json', '--data-dir', loop().stack.dataDir];
  return outputOf(await cli(words), 'Why').thinks.join('\n');
}

test('a fault that comes back is not reset in the same way again, and then a person is called', async () => {
  const node = loop().takeNode();
  await loop().fail(node);
  expect(await loop().ended(node, 1)).toMatchObject({ outcome: 'repaired' });
  await loop().fail(node);
  expect(await loop().ended(node, 2)).toMatchObject({ outcome: 'repaired' });
  await loop().fail(node);
  const end = await loop().ended(node, 3);
  expect(end).toMatchObject({ outcome: 'escalated', reason: 'ladder-exhausted' });
  expect(await resetTypes(node)).toEqual(['GracefulRestart', 'PowerCycle']);
  expect(isolations(await loop().writes(), node)).toHaveLength(2);
  expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false });
  expect(await why(node)).toMatch(/This was the third repair in (\d+m)?\d+s\./);
});

test('after as many repairs as the policy allows the next fault is a person’s at once', async () => {
  const node = loop().takeNode();
  await loop().fail(node, 'ReadonlyFilesystem');
  expect(await loop().ended(node, 1)).toMatchObject({ outcome: 'repaired' });
  await loop().fail(node, 'ReadonlyFilesystem');
  const end = await loop().ended(node, 2);
  expect(end).toMatchObject({ outcome: 'escalated', reason: 'relapsed' });
  expect(await resetTypes(node)).toEqual(['GracefulRestart']);
});

test('a condition whose writer died long ago moves nothing, until the writer is alive again', async () => {
  const node = loop().takeNode();
  const heartbeatAt = new Date(Date.now() - 17 * days);
  await loop().stack.setCondition(node, { type: check, status: 'True', heartbeatAt });
  await healAnother();
  expect(isolations(await loop().writes(), node)).toEqual([]);
  expect(loop().lines(node)).toEqual([]);
  await loop().fail(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
});

test('a condition that a policy taught is a check like any other, and a slip of the pen is told', async () => {
  const node = loop().takeNode();
  const own = { type: 'AcceleratedHardwareReady', status: 'False' } as const;
  const bootIdBefore = (await loop().stack.node(node))?.status.nodeInfo?.bootID;
  await loop().stack.setCondition(node, own);
  await loop().until('the machine was reset', async () => {
    const seen = await loop().stack.node(node);
    return seen?.status.nodeInfo?.bootID !== bootIdBefore || undefined;
  });
  expect(await resetTypes(node)).toEqual(['GracefulRestart']);
  await loop().stack.setCondition(node, { ...own, status: 'True' });
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  const here = ['-o', 'json', '--data-dir', loop().stack.dataDir];
  const found = outputOf(await cli(['doctor', ...here]), 'Examination').findings;
  const meant = found.find(({ what }) => what.includes('KernelDeadlok'));
  expect(meant?.what).toContain('did you mean KernelDeadlock?');
});

test('a report of a boot that nobody knows hides no true one', async () => {
  const node = loop().takeNode();
  const seen = await loop().stack.node(node);
  const about = {
    cluster: loop().cluster,
    node,
    nodeUid: seen!.metadata.uid,
    bootId: 'made-up',
    verdict: 'healthy',
    counter: 1_000_000_000,
  } as const;
  const made = faultEvent(about);
  const stored = await publishFault(loop().hub, { ...made, id: eventId(made) });
  expectKind(stored, 'stored');
  await loop().fail(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired', reason: 'healed' });
  expect(await resetTypes(node)).toEqual(['GracefulRestart']);
});

/** FAULTS keeps nothing for longer than a moment; the answer undoes it. */
async function forgetFaults(): Promise<() => Promise<void>> {
  const { manager } = loop().hub;
  const { config } = await manager.streams.info(streams.faults);
  const { max_age, duplicate_window } = config;
  await manager.streams.update(streams.faults, { max_age: 2e8, duplicate_window: 1e8 });
  await loop().until('FAULTS has forgotten everything', async () => {
    const { state } = await manager.streams.info(streams.faults);
    return state.messages === 0 || undefined;
  });
  return async () => {
    await manager.streams.update(streams.faults, { max_age, duplicate_window });
  };
}

test('a repair goes on although FAULTS forgot what opened it', async () => {
  const node = loop().takeNode();
  await loop().pause('by a test');
  await loop().fail(node);
  await loop().state(node, ({ refused }) => refused?.reason === 'paused');
  const remember = await forgetFaults();
  await loop().pause(null);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  expect(await resetTypes(node)).toEqual(['GracefulRestart']);
  await remember();
});

test('a node that healed while no engine ran is Slipway’s again, although FAULTS forgot its fault', async () => {
  const node = loop().takeNode();
  const behaviour = { bootMs: [500, 1_000] as [number, number], keepsProblems: true };
  await loop().stack.hardware.behave(node, behaviour);
  await loop().fail(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'escalated' });
  const engine = loop().stack.child('engine');
  engine.kill('SIGKILL');
  await engine.ended();
  const remember = await forgetFaults();
  await loop().heal(node);
  await remember();
  await loop().stack.startEngine('act');
  await loop().until('the hand-over is over', async () => {
    const words = ['why', node, '-o', 'json', '--data-dir', loop().stack.dataDir];
    const { why: reasons } = outputOf(await cli(words), 'Why');
    return reasons.every(({ code }) => code !== 'handed-over') || undefined;
  });
});

/** Another boot, told by a kubelet whose other conditions nobody has confirmed yet. */
async function bootWithout(node: string): Promise<string> {
  const bootID = `boot-of-${node}`;
  const at = new Date(Date.now() + 2_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ready' };
  const times = { lastHeartbeatTime: at, lastTransitionTime: at };
  const { body } = await loop().stack.api('machine').get(`/api/v1/nodes/${node}`);
  const { nodeInfo } = (body as { status: { nodeInfo: object } }).status;
  const status = { nodeInfo: { ...nodeInfo, bootID }, conditions: [{ ...ready, ...times }] };
  const answer = await loop()
    .stack.api('machine')
    .patch(`/api/v1/nodes/${node}/status`, { status });
  expect(answer.status).toBe(200);
  return bootID;
}

test('an engine that starts while the machine boots takes no condition of the boot before for news', async () => {
  const node = loop().takeNode();
  const { hardware } = loop().stack;
  await hardware.behave(node, { bootMs: [500, 1_000], ignores: ['GracefulRestart'] });
  await loop().fail(node);
  await loop().until('the reset was sent', async () => {
    const types = await resetTypes(node);
    return types.length === 1 || undefined;
  });
  const engine = loop().stack.child('engine');
  engine.kill('SIGKILL');
  await engine.ended();
  const bootId = await bootWithout(node);
  await loop().stack.startEngine('act');
  const isUnknown = (one: { bootId: string; verdict: string }): boolean =>
    one.bootId === bootId && one.verdict === 'unknown';
  await loop().state(node, ({ reports }) => reports.some(isUnknown));
  await loop().heal(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
  expect(await resetTypes(node)).toEqual(['GracefulRestart']);
});
