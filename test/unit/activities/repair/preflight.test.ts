/** Whether a rung can be tried at all, asked before a node is taken out. What a driver looks at is in test/contract. */
import { describe, expect, test } from 'vitest';
import { preflight } from '../../../../activities/repair/preflight.ts';
import type { Step } from '../../../../domain/repair/step.ts';
import type { Fitness } from '../../../../drivers/port.ts';
import { fakeWorld, step } from '../../../support/fakes/ports.ts';
import { unreadable } from '../../../support/fakes/kube.ts';
import { policy, repairId } from '../../../support/given.ts';
import { sampleNode } from '../../../support/samples.ts';

const passed = { kind: 'preflightPassed' };

async function given(fitness: Fitness | ((action: string) => Fitness), changes?: Partial<Step>) {
  const world = await fakeWorld();
  world.driver.fitness(({ rung: { action } }) =>
    typeof fitness === 'function' ? fitness(action) : fitness,
  );
  return { ...world, found: await preflight(world.ports, step(changes)) };
}

describe('given a ladder', () => {
  test('the first rung that can be tried is enough', async () => {
    const { found, driver } = await given({ result: 'ready' });
    expect(found).toEqual(passed);
    expect(driver.looks.map(({ rung: { name }, asIs }) => [name, asIs])).toEqual([
      ['reboot', false],
    ]);
  });

  test('a rung that alone cannot be tried leaves the next ones', async () => {
    const { found, driver } = await given((action) =>
      action === 'PowerCycle'
        ? { result: 'ready' }
        : { result: 'rejected', detail: 'not offered', thisRungOnly: true },
    );
    expect(found).toEqual(passed);
    expect(driver.looks).toHaveLength(2);
  });

  test('rungs that all cannot be tried are told together, each reason once', async () => {
    const { found } = await given({
      result: 'rejected',
      detail: 'not offered',
      thisRungOnly: true,
    });
    expect(found).toEqual({
      kind: 'preflightFailed',
      reason: 'no-rung-possible',
      detail: 'not offered',
    });
  });

  test('what is wrong with the machine is wrong for all rungs', async () => {
    const { found, driver } = await given({ result: 'rejected', detail: 'no entry' });
    expect(found).toMatchObject({ reason: 'no-rung-possible', detail: 'no entry' });
    expect(driver.looks).toHaveLength(1);
  });

  test('the wrong machine is told as such', async () => {
    const { found } = await given({
      result: 'rejected',
      detail: 'another UUID',
      code: 'wrong-machine',
    });
    expect(found).toEqual({
      kind: 'preflightFailed',
      reason: 'wrong-machine',
      detail: 'another UUID',
    });
  });

  test('only the rungs from the next one on are asked', async () => {
    const { driver } = await given({ result: 'ready' }, { rung: 1 });
    expect(driver.looks.map(({ rung: { name } }) => name)).toEqual(['power-cycle']);
  });

  test('a rung without its driver is impossible', async () => {
    const world = await fakeWorld();
    const found = await preflight({ ...world.ports, drivers: {} }, step());
    expect(found).toMatchObject({ detail: 'no driver "redfish" is configured' });
  });

  test('in observe mode nobody is called', async () => {
    const world = await fakeWorld();
    await preflight(world.ports, step({ opening: { mode: 'observe' } }));
    expect(world.driver.looks.map(({ asIs }) => asIs)).toEqual([true]);
  });
});

describe('given nothing to ask', () => {
  test.each([
    ['a node that is out already', { isolated: true }],
    ['a ladder that is climbed', { rung: 2 }],
    ['no ladder', { opening: { policy: policy({ ladder: [] }) } }],
  ])('%s passes', async (_what, changes) => {
    const { ports, driver } = await fakeWorld();
    expect(await preflight(ports, step(changes))).toEqual(passed);
    expect(driver.looks).toEqual([]);
  });

  test('a node that is gone passes: the looks that follow say so', async () => {
    const { ports, kube } = await fakeWorld();
    kube.removeNode(sampleNode);
    expect(await preflight(ports, step())).toEqual(passed);
  });
});

describe('given a machine that cannot be asked now', () => {
  const busy = { result: 'not-tried', detail: 'busy', retryAfterMs: 7_000 } as const;

  test('the permit is given back, and the same attempt waits', async () => {
    const world = await fakeWorld();
    const { ports, driver } = world;
    const asked = step();
    const { node, nodeUid } = asked.opening;
    await ports.guard.request({ repairId, node, nodeUid, limits: policy().guard });
    driver.fitness(() => busy);
    expect(await preflight(ports, asked)).toEqual({
      kind: 'notTried',
      rung: 0,
      number: 1,
      detail: 'busy',
      retryAfterMs: 7_000,
    });
    expect(await ports.guard.holds(repairId)).toEqual({ ok: true, value: false });
  });

  test('a permit that cannot be given back is tried again', async () => {
    const { ports, driver, ledger } = await fakeWorld();
    driver.fitness(() => ({ result: 'not-tried', detail: 'busy' }));
    ledger.cut();
    await expect(preflight(ports, step())).rejects.toThrow('could not be changed');
  });

  test('nodes that cannot be read are a reason to wait', async () => {
    const { ports, kube } = await fakeWorld();
    kube.answer('allNodes', unreadable('nodes-unreadable'));
    expect(await preflight(ports, step())).toEqual({
      kind: 'notTried',
      rung: 0,
      number: 1,
      detail: 'no answer',
    });
  });
});
