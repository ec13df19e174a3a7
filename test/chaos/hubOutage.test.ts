/** The hub is away while many repairs are open: none ends, their histories stay small, and all go on afterwards. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { resets } from '../../embedded/oracle/index.ts';
import { waitFor } from '../../embedded/waitFor.ts';
import { workflowIdOf } from '../../workflows/contract/index.ts';
import { policyFile, useLoop } from '../support/loop.ts';
import { deployOn, liftBudget } from '../support/pods.ts';

/** `OUTAGE=3600` plays a whole hour. */
const outageMs = Number(process.env['OUTAGE'] ?? 40) * 1_000;
const repairs = Number(process.env['REPAIRS'] ?? 12);
/** After a long outage a repair asks every two minutes; then it has to be carried out. */
const goesOnWithinMs = 180_000;
const mostHistoryBytes = 2 * 1024 * 1024;

const loop = useLoop({
  mode: 'act',
  nodes: repairs,
  policies: policyFile([
    { name: 'quick', checks: ['KernelDeadlock'], migration: { timeout: '3h' } },
  ]),
});

function describeOf(node: string) {
  return loop().temporal.client.workflow.getHandle(workflowIdOf(loop().cluster, node)).describe();
}

test(
  'an outage of the hub ends no repair and lets no history grow beyond its bound',
  { timeout: outageMs + 300_000 },
  async () => {
    const nodes = Array.from({ length: repairs }, () => loop().takeNode());
    for (const node of nodes) await deployOn(loop(), node, { minAvailable: 2 });
    await Promise.all(nodes.map((node) => loop().fail(node)));
    await Promise.all(nodes.map((node) => loop().inPhase(node, 'migrating')));
    loop().stack.child('nats').kill('SIGKILL');
    await delay(outageMs);

    const during = await Promise.all(nodes.map(describeOf));
    expect(during.map(({ status }) => status.name)).toEqual(nodes.map(() => 'RUNNING'));
    const largest = Math.max(...during.map(({ historySize }) => historySize ?? 0));
    process.stdout.write(
      `${JSON.stringify({ outageMs, repairs, largestHistoryBytes: largest })}\n`,
    );
    expect(largest).toBeLessThan(mostHistoryBytes);
    expect(nodes.flatMap((node) => loop().ends(node))).toEqual([]);

    await loop().stack.child('nats').restart();
    for (const node of nodes) await liftBudget(loop(), node);
    for (const node of nodes) {
      const isOver = async () => (await describeOf(node)).status.name === 'COMPLETED' || undefined;
      expect(await waitFor(isOver, { deadlineMs: goesOnWithinMs, everyMs: 200 })).toBe(true);
      expect(
        loop()
          .ends(node)
          .map(({ outcome }) => outcome),
      ).toEqual(['repaired']);
      expect(resets(await loop().calls(), node)).toHaveLength(1);
    }
  },
);
