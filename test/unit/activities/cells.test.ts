import { describe, expect, test } from 'vitest';
import { createMoveActivities, createRepairActivities } from '../../../activities/index.ts';
import type { Ports } from '../../../activities/ports.ts';
import { opening } from '../../support/given.ts';

/** Of another cluster; whatever else is asked of it was a step too far. */
const elsewhere = new Proxy({ cluster: 'elsewhere' } as Ports, {
  get: (ports, name) => {
    if (name === 'cluster') return ports.cluster;
    throw new Error(`touched ${String(name)}`);
  },
});

type Any = (...args: readonly unknown[]) => Promise<unknown>;

describe.each([
  ['repairs', createRepairActivities(elsewhere)],
  ['moves', createMoveActivities(elsewhere)],
])('given an engine of another cluster, its lane %s', (_lane, activities) => {
  test.each(Object.entries(activities) as [string, Any][])(
    'throws the step back from %s and touches nothing',
    async (_name, activity) => {
      const own = opening();
      const step = { opening: own, bootId: 'boot', isolated: true, checks: [], pending: [] };
      const attempt = activity(step, { kind: 'isolate' });
      await expect(attempt).rejects.toThrow(
        `repair ${own.repairId} is of cluster ${own.cluster}, this engine serves elsewhere`,
      );
    },
  );
});
