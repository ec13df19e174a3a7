/** Observe mode: every command is decided and looked at, and the world stays as it is. */
import { describe, expect, test } from 'vitest';
import { look } from '../../../../activities/repair/look.ts';
import { observe } from '../../../../activities/repair/observe.ts';
import type { ObservedCommand } from '../../../../activities/repair/observe.ts';
import { fakeWorld, pod, step } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { at, firstBoot, policy } from '../../../support/given.ts';
import { nodeFacts } from '../../../support/nodes.ts';
import { sampleNode } from '../../../support/samples.ts';

const asked = step({ opening: { mode: 'observe' } });
const rung = { kind: 'runRung', rung: 0, attempt: 1 } as const;

test('nothing is written, whatever is decided', async () => {
  const { ports, kube, ledger, driver } = await fakeWorld();
  kube.bind(pod('web-0'));
  const before = [kube.node(sampleNode), kube.pods(sampleNode)];
  const commands: readonly ObservedCommand[] = [
    { kind: 'requestPermit' },
    { kind: 'preflight' },
    { kind: 'isolate' },
    { kind: 'tagPods' },
    { kind: 'migrate', deadlineAt: at(60) },
    rung,
    { kind: 'restore' },
    { kind: 'releasePermit' },
  ];
  const kinds = [];
  for (const command of commands) kinds.push((await observe(ports, asked, command)).kind);
  expect(kinds).toEqual([
    'permitGranted',
    'preflightPassed',
    'isolated',
    'podsTagged',
    'podsMoved',
    'attempted',
    'restored',
    'permitReleased',
  ]);
  expect([kube.node(sampleNode), kube.pods(sampleNode)]).toEqual(before);
  expect(ledger.writes()).toBe(0);
  expect(driver.acts).toEqual([]);
  expect(kube.evictions()).toEqual([]);
});

describe('the permit', () => {
  test('is what the guard would answer', async () => {
    const { ports, driver } = await fakeWorld();
    const granted = { kind: 'permitGranted', out: 0, limit: 1, assumed: true };
    expect(await observe(ports, asked, { kind: 'requestPermit' })).toEqual({
      ...granted,
      fit: true,
    });
    driver.fitness(() => ({ result: 'not-tried', detail: 'busy' }));
    expect(await observe(ports, asked, { kind: 'requestPermit' })).toEqual(granted);
    driver.fitness(() => ({ result: 'rejected', detail: 'no entry' }));
    expect(await observe(ports, asked, { kind: 'requestPermit' })).toMatchObject({
      kind: 'preflightFailed',
    });
  });

  test('is refused where it would be', async () => {
    const { ports } = await fakeWorld();
    const guard = { ...policy().guard, maxUnavailableNodes: 0 };
    const none = step({ opening: { mode: 'observe', policy: policy({ guard }) } });
    expect(await observe(ports, none, { kind: 'requestPermit' })).toEqual({
      kind: 'permitRefused',
      reason: 'budget-full',
      out: 0,
      limit: 0,
      assumed: true,
    });
  });
});

describe('a look that forbids', () => {
  test('an isolation is told', async () => {
    const { ports, kube } = await fakeWorld();
    kube.pause(true);
    expect(await observe(ports, asked, { kind: 'isolate' })).toMatchObject({ reason: 'paused' });
  });

  test('a rung is told', async () => {
    const { ports, kube } = await fakeWorld();
    kube.place(nodeFacts({ marks: { 'slipway.dev/hold': 'mine' } }));
    expect(await observe(ports, asked, rung)).toMatchObject({ reason: 'held' });
  });

  test('pods that cannot be listed are told', async () => {
    const { ports, kube } = await fakeWorld();
    kube.answer('listPods', unreadable('pods-unreadable'));
    expect(await observe(ports, asked, { kind: 'tagPods' })).toMatchObject({
      reason: 'pods-unreadable',
    });
  });
});

test.each([
  [policy(), 'would ask redfish for ForceRestart'],
  [policy({ ladder: [] }), 'would ask nobody for nothing'],
])('a rung says whom it would have asked', async (rules, detail) => {
  const { ports } = await fakeWorld();
  const told = step({ opening: { mode: 'observe', policy: rules } });
  expect(await observe(ports, told, rung)).toMatchObject({ kind: 'attempted', detail });
});

test('a look tells where the node is', async () => {
  const { ports, kube } = await fakeWorld();
  expect(await look(ports, step())).toMatchObject({
    kind: 'looked',
    finding: { bootId: firstBoot, ready: true, isolated: false },
  });
  kube.removeNode(sampleNode);
  expect(await look(ports, step())).toMatchObject({ kind: 'refused', reason: 'deleted' });
});
