/** Asking for a permit and giving it back. Who gets one is in test/unit/domain/guard. */
import { describe, expect, test } from 'vitest';
import { releasePermit, requestPermit } from '../../../../activities/repair/permit.ts';
import { fakeWorld, step } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { policy, repairId } from '../../../support/given.ts';
import { nodeFacts } from '../../../support/nodes.ts';
import { sampleNode } from '../../../support/samples.ts';

const none = policy({ guard: { ...policy().guard, maxUnavailableNodes: 0 } });

describe('given room', () => {
  test('a permit is granted, and the machine was looked at meanwhile', async () => {
    const { ports, driver } = await fakeWorld();
    expect(await requestPermit(ports, step())).toEqual({
      kind: 'permitGranted',
      out: 0,
      limit: 1,
      fit: true,
    });
    expect(await ports.guard.holds(repairId)).toEqual({ ok: true, value: true });
    expect(driver.looks).toHaveLength(1);
  });

  test('a machine that cannot be asked now holds up no permit', async () => {
    const { ports, driver } = await fakeWorld();
    driver.fitness(() => ({ result: 'not-tried', detail: 'busy' }));
    expect(await requestPermit(ports, step())).toEqual({
      kind: 'permitGranted',
      out: 0,
      limit: 1,
    });
  });

  test('a machine on which no rung can be tried is the answer', async () => {
    const { ports, driver } = await fakeWorld();
    driver.fitness(() => ({ result: 'rejected', detail: 'no entry' }));
    expect(await requestPermit(ports, step())).toEqual({
      kind: 'preflightFailed',
      reason: 'no-rung-possible',
      detail: 'no entry',
    });
  });
});

describe('given no room', () => {
  test('it is refused, and has a place among the waiters until it gives it up', async () => {
    const { ports, ledger } = await fakeWorld();
    expect(await requestPermit(ports, step({ opening: { policy: none } }))).toEqual({
      kind: 'permitRefused',
      reason: 'budget-full',
      out: 0,
      limit: 0,
    });
    expect(await ledger.get(`waiter.${repairId}`)).toMatchObject({ kind: 'found' });
    expect(await releasePermit(ports, step())).toEqual({ kind: 'permitReleased' });
    expect(await ledger.get(`waiter.${repairId}`)).toEqual({ kind: 'absent' });
  });

  test.each([
    ['deleted', undefined],
    ['replaced', nodeFacts({ uid: 'another' })],
  ] as const)('a node that the API server says is %s waits no longer', async (reason, now) => {
    const { ports, kube } = await fakeWorld();
    kube.removeNode(sampleNode);
    if (now) kube.place(now);
    expect(await requestPermit(ports, step())).toMatchObject({ kind: 'refused', reason });
  });

  test('a node that the guard does not know yet goes on waiting', async () => {
    const { ports, kube } = await fakeWorld();
    kube.answer('allNodes', { ok: true, value: [nodeFacts({ uid: 'other' })] });
    expect(await requestPermit(ports, step())).toMatchObject({
      kind: 'permitRefused',
      reason: 'node-unknown',
    });
  });

  test('what cannot be read is said as it is', async () => {
    const { ports, kube } = await fakeWorld();
    kube.answer('allNodes', { ok: true, value: [nodeFacts({ uid: 'other' })] });
    kube.answer('readNode', unreadable('node-unreadable'));
    expect(await requestPermit(ports, step())).toMatchObject({
      kind: 'refused',
      reason: 'node-unreadable',
    });
  });
});

test('a permit that cannot be given back is tried again', async () => {
  const { ports, ledger } = await fakeWorld();
  await requestPermit(ports, step());
  ledger.cut();
  await expect(releasePermit(ports, step())).rejects.toThrow('could not be changed');
});
