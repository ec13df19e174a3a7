/** What Temporal's own tools do to a repair: cancel, terminate, signals and reset each end in a stated way. */
import { describe, expect, test } from 'vitest';
import { isolations, resets } from '../../embedded/oracle/index.ts';
import { runningRepairs } from '../../temporal/index.ts';
import { workflowIdOf } from '../../workflows/contract/index.ts';
import { policyFile, reboot, useLoop, viewNode } from '../support/loop.ts';
import { deployOn, podsOn } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 10,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'], soak: '5m' },
    {
      name: 'soaking',
      checks: ['ReadonlyFilesystem'],
      soak: '3s',
      ladder: [{ ...reboot, verification: { timeout: '1m', soak: '20s' } }],
    },
  ]),
});

function shown() {
  return runningRepairs(loop().temporal, loop().cluster);
}

describe.concurrent("Temporal's own cancel", () => {
  test('in mid-activity is a cancel by temporal: the node is given back, and others go on', async () => {
    const [node, other] = [loop().takeNode(), loop().takeNode()];
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    await loop().inPhase(node, 'migrating');
    await workflowOf(node).cancel();
    expect(await loop().ended(node)).toMatchObject({
      outcome: 'cancelled',
      reason: 'cancel-requested',
    });
    const said = loop()
      .entries(node)
      .find(({ by }) => by === 'temporal');
    expect(said?.events.map(({ kind }) => kind)).toContain('cancelRequested');
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
    expect(await podsOn(loop().stack, node)).toHaveLength(2);
    await loop().fail(other);
    expect((await loop().ended(other)).outcome).toBe('repaired');
  });

  test('once a rung was tried hands the node over, and the workflow ends by itself', async () => {
    const node = loop().takeNode();
    await loop().fail(node, 'ReadonlyFilesystem');
    await loop().state(node, ({ attempts }) => attempts === 1);
    await workflowOf(node).cancel();
    expect(await loop().ended(node)).toMatchObject({
      outcome: 'escalated',
      reason: 'cancelled-mid-repair',
    });
    expect((await viewNode(loop(), node)).unschedulable).toBe(true);
    await loop().until('its workflow has completed', async () => {
      const { status } = await workflowOf(node).describe();
      return status.name === 'COMPLETED' || undefined;
    });
  });
});

test('a terminated repair is handed over: node, record and journal say so', async () => {
  const node = loop().takeNode();
  await deployOn(loop(), node, { minAvailable: 2 });
  await loop().fail(node);
  await loop().inPhase(node, 'migrating');
  await loop().until('a list shows it as running', async () => {
    const id = loop().entries(node)[0]?.repairId ?? '';
    return (await shown())?.has(id) || undefined;
  });
  await workflowOf(node).terminate('the test says so');
  const end = await loop().ended(node);
  await loop().until('no list shows it any more', async () => {
    return (await shown())?.has(end.repairId) === false || undefined;
  });
  expect(end).toMatchObject({ outcome: 'escalated', reason: 'terminated-outside' });
  const { unschedulable, marks } = await viewNode(loop(), node);
  expect(unschedulable).toBe(true);
  expect(JSON.parse(marks['slipway.dev/isolation']!)).toMatchObject({
    repair: end.repairId,
    outcome: 'escalated',
  });
});

test('a signal that nobody understands changes nothing, and the journal tells of it', async () => {
  const node = loop().takeNode();
  await deployOn(loop(), node, { minAvailable: 2 });
  await loop().fail(node);
  const { repairId } = await loop().inPhase(node, 'migrating');
  const long = { name: 'n'.repeat(300), reason: 'r'.repeat(5_000) };
  const rubbish = [
    undefined,
    null,
    7,
    [],
    {},
    { repairId },
    { repairId, arrival: { kind: 'closed' } },
  ];
  for (const value of rubbish) await workflowOf(node).signal('arrive', value);
  await workflowOf(node).signal('somethingElse', { x: 1 });
  const state = await loop().state(node, ({ phase }) => phase === 'migrating');
  expect(state.cancel).toBeUndefined();
  await workflowOf(node).signal('arrive', {
    repairId,
    arrival: { kind: 'cancelRequested', by: long, requestId: 'c' },
  });
  expect((await loop().ended(node)).outcome).toBe('cancelled');
  const told = loop()
    .entries(node)
    .flatMap(({ events }) => events.flatMap((event) => (event.kind === 'misheard' ? [event] : [])));
  expect(told.length).toBeGreaterThan(0);
  expect(
    loop()
      .entries(node)
      .map(({ by }) => by),
  ).toContain('n'.repeat(128));
});

type Long = NonNullable<
  Parameters<
    ReturnType<typeof loop>['temporal']['client']['workflowService']['resetWorkflowExecution']
  >[0]['workflowTaskFinishEventId']
>;

/** Runs the workflow again from right before the task that was completed at this event. */
async function resetTo(node: string, eventId: number): Promise<void> {
  const { client } = loop().temporal;
  const { runId } = await workflowOf(node).describe();
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: workflowIdOf(loop().cluster, node), runId },
    reason: 'the test says so',
    workflowTaskFinishEventId: eventId as unknown as Long,
    requestId: `reset-${node}`,
  });
}

async function firstTask(node: string): Promise<number> {
  const { events = [] } = await workflowOf(node).fetchHistory();
  const completed = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  return Number(completed?.eventId);
}

function workflowOf(node: string) {
  return loop().temporal.client.workflow.getHandle(workflowIdOf(loop().cluster, node));
}

describe.concurrent("Temporal's own reset", () => {
  test('of a repair that has ended does nothing to the node', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { ignores: ['GracefulRestart', 'PowerCycle'] });
    await loop().fail(node);
    expect((await loop().ended(node)).outcome).toBe('escalated');
    const before = await viewNode(loop(), node);
    const tried = resets(await loop().calls(), node).length;
    await resetTo(node, await firstTask(node));
    await loop().until('the second run has ended', async () => {
      const { status } = await workflowOf(node).describe();
      return status.name === 'COMPLETED' || undefined;
    });
    expect(resets(await loop().calls(), node)).toHaveLength(tried);
    expect(await viewNode(loop(), node)).toEqual(before);
  });

  test('of a repair whose rung was tried tries none a second time', async () => {
    const node = loop().takeNode();
    await loop().fail(node, 'ReadonlyFilesystem');
    await loop().state(node, ({ attempts }) => attempts === 1);
    await resetTo(node, await firstTask(node));
    const end = await loop().ended(node);
    expect(resets(await loop().calls(), node)).toHaveLength(1);
    expect(['repaired', 'escalated', 'recovered']).toContain(end.outcome);
  });
});

test('a repair whose start is refused, since the last one of its node still runs, leaves no cordon without an owner', async () => {
  const node = loop().takeNode();
  const { client } = loop().temporal;
  const last = await client.workflow.start('nodeRepair', {
    workflowId: workflowIdOf(loop().cluster, node),
    taskQueue: 'nobody',
    memo: { repairId: 'r-last' },
  });
  await loop().fail(node);
  const isolated = await loop().until('the node is isolated', async () => {
    const { unschedulable, marks } = await viewNode(loop(), node);
    return unschedulable ? (JSON.parse(marks['slipway.dev/isolation']!) as unknown) : undefined;
  });
  const engine = loop().stack.child('engine');
  engine.kill('SIGKILL');
  await engine.ended();
  await engine.start();
  await last.terminate('its last words are said');
  const end = await loop().ended(node);
  expect(isolated).toMatchObject({ repair: end.repairId });
  expect(end.outcome).toBe('repaired');
  const cordons = isolations(await loop().writes()).filter((write) => write.node === node);
  expect(cordons).toHaveLength(1);
  expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
});
