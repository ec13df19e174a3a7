/** What every driver keeps to, whatever it drives: `rejected` means nothing happened, and nothing is sent twice. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyDefaults } from '../../../domain/repair/policy.ts';
import { actionsOf } from '../../../drivers/catalogue.ts';
import type { Driver, RungRequest } from '../../../drivers/port.ts';
import type { FaultyProxy } from '../../support/faultyProxy.ts';
import { faultEvent, nodeFacts } from '../../support/samples.ts';

export type DriverWorld = {
  /** A driver that reads this clock. */
  readonly make: (clock: () => number) => Driver;
  readonly rung: Pick<RungRequest['rung'], 'driver' | 'action'>;
  /** How often its machine was told to act. */
  readonly acts: () => number;
  readonly remove: () => Promise<void>;
};

export type ServedWorld = DriverWorld & {
  /** The driver calls its server through it. */
  readonly proxy: FaultyProxy;
  /** Readings of the clock on the way to the act, the last of them right before it is sent. */
  readonly clockReadings: number;
};

export function describeDriver(name: string, makeWorld: () => Promise<ServedWorld>): void {
  describeAnyDriver(name, makeWorld);
  describe(`the ${name} driver`, () => {
    let world: ServedWorld;
    const never = new AbortController().signal;
    const run = (changes: Partial<RungRequest> = {}, signal = never, clock = Date.now) =>
      world.make(clock).run(rungRequest(world.rung, changes), signal);

    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(async () => {
      await world.remove();
    });

    it('says that nothing was tried when its server is not there', async () => {
      await world.proxy.stop();
      expect((await run()).result).toBe('not-tried');
      expect(world.acts()).toBe(0);
    });

    it.each(['answers-409', 'redirects'] as const)(
      'is rejected when its server %s',
      async (how) => {
        world.proxy.fail(how);
        expect((await run()).result).toBe('rejected');
        expect(world.acts()).toBe(0);
      },
    );

    it.each(['answers-503', 'resets'] as const)(
      'does not know, and does not try again, when its server %s after the act',
      async (how) => {
        world.proxy.fail(how);
        expect((await run()).result).toBe('unknown');
        expect(world.acts()).toBe(1);
      },
    );

    it('does not know when no answer comes before the deadline', async () => {
      world.proxy.fail('is-silent');
      expect((await run({ deadlineAt: Date.now() + 400 })).result).toBe('unknown');
      expect(world.acts()).toBe(1);
    });

    it('does not know when it is called off after sending', async () => {
      world.proxy.fail('is-silent');
      const controller = new AbortController();
      world.proxy.onPassed((method) => {
        if (method === 'POST') controller.abort();
      });
      expect((await run({}, controller.signal)).result).toBe('unknown');
      expect(world.acts()).toBe(1);
    });

    /** As when the process is stopped at any point, and woken after the deadline. */
    it('sends nothing once its clock has passed the deadline, whichever reading is the first to say so', async () => {
      for (let jumpAfter = 0; jumpAfter <= world.clockReadings; jumpAfter += 1) {
        const deadlineAt = Date.now() + 5_000;
        let readings = 0;
        const clock = () => (readings++ < jumpAfter ? Date.now() : deadlineAt);
        const { result } = await run({ deadlineAt }, never, clock);
        const late = jumpAfter < world.clockReadings;
        expect([jumpAfter, result, world.acts()]).toEqual([
          jumpAfter,
          ...(late ? ['not-tried', 0] : ['done', 1]),
        ]);
      }
    });
  });
}

/** What even a driver that calls no server keeps to. */
export function describeAnyDriver(name: string, makeWorld: () => Promise<DriverWorld>): void {
  describe(`the ${name} driver, whatever it calls`, () => {
    let world: DriverWorld;
    const never = new AbortController().signal;
    const run = (changes: Partial<RungRequest> = {}, signal = never) =>
      world.make(Date.now).run(rungRequest(world.rung, changes), signal);

    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(async () => {
      await world.remove();
    });

    it('acts once and says so', async () => {
      expect((await run()).result).toBe('done');
      expect(world.acts()).toBe(1);
      expect(world.make(Date.now).name).toBe(world.rung.driver);
      expect(actionsOf(world.make(Date.now).name)).toContain(world.rung.action);
    });

    it('is ready where it could act, and does not act to find out', async () => {
      for (const asIs of [true, false]) {
        const how = { signal: never, asIs };
        const fitness = await world.make(Date.now).preflight(rungRequest(world.rung), how);
        expect(fitness).toEqual({ result: 'ready' });
      }
      expect(world.acts()).toBe(0);
    });

    it('sends nothing when it is called off before', async () => {
      expect((await run({}, AbortSignal.abort())).result).toBe('not-tried');
      expect(world.acts()).toBe(0);
    });

    it('sends nothing after the deadline', async () => {
      expect((await run({ deadlineAt: Date.now() })).result).toBe('not-tried');
      expect(world.acts()).toBe(0);
    });
  });
}

export function rungRequest(
  rung: DriverWorld['rung'],
  changes: Partial<RungRequest> = {},
): RungRequest {
  return {
    repairId: 'r-abcdefghij234567abcd',
    cluster: faultEvent().cluster,
    attempt: 1,
    rung: { name: 'step', ...policyDefaults.rung, ...rung },
    node: nodeFacts(),
    sharers: [],
    fault: faultEvent(),
    deadlineAt: Date.now() + 5_000,
    ...changes,
  };
}
