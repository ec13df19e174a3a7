/** With no mode set, Slipway decides everything, says what it would do, and does nothing. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replaceFile } from '../../embedded/hardware/replaceFile.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import { deployOn } from '../support/pods.ts';

const loop = useLoop({
  nodes: 7,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'], soak: '5m' }]),
});

const acts = ['requestPermit', 'isolate', 'tagPods', 'migrate', 'runRung', 'restore'];

/** What the journal says would have been done, in order, and whether it says that it was not. */
function wouldDo(node: string): { kind: string; assumed: boolean }[] {
  return loop()
    .entries(node)
    .filter(({ command, events }) => acts.includes(command.kind) && events.length > 0)
    .map(({ command, events }) => {
      const outcome = events.at(-1);
      const assumed = outcome !== undefined && 'assumed' in outcome;
      return { kind: command.kind, assumed };
    });
}

describe.concurrent('in observe mode', () => {
  test.each(['a reboot would heal', 'a reboot would not heal', 'nothing would heal'])(
    'a fault that %s is journaled to its end',
    async (how) => {
      const node = loop().takeNode();
      const keepsProblems = how === 'nothing would heal';
      await loop().stack.hardware.behave(node, { keepsProblems });
      await loop().fail(node);
      expect(await loop().ended(node)).toMatchObject({ outcome: 'observed' });
      expect(wouldDo(node)).toEqual([
        { kind: 'requestPermit', assumed: true },
        { kind: 'isolate', assumed: true },
        { kind: 'tagPods', assumed: true },
        { kind: 'runRung', assumed: true },
        { kind: 'restore', assumed: true },
      ]);
    },
  );

  test('pods would be moved, and a budget is not asked', async () => {
    const node = loop().takeNode();
    await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'observed' });
    expect(wouldDo(node)).toContainEqual({ kind: 'migrate', assumed: true });
    const tagged = loop()
      .entries(node)
      .flatMap(({ events }) => events);
    expect(tagged).toContainEqual(expect.objectContaining({ kind: 'podsTagged', pods: 2 }));
  });

  test('what a person cordoned would be left alone', async () => {
    const node = loop().takeNode();
    await loop().cordon(node, true);
    await loop().fail(node);
    await loop().ignored(node, 'cordoned-by-other');
    expect(loop().entries(node)).toEqual([]);
  });
});

test('Slipway has written its own Lease and nothing else, and no BMC was called', async () => {
  // A second round after all repairs were observed: the repeated fault finds nothing written either.
  const node = loop().takeNode();
  await loop().fail(node);
  await loop().ended(node);
  await loop().heal(node);
  await loop().fail(node);
  await loop().ignored(node, 'handed-over');
  const written = (await loop().writes()).filter(({ user }) => user.startsWith('slipway'));
  const places = written.map(
    ({ resource, namespace, name }) => `${resource} ${namespace ?? ''}/${name ?? ''}`,
  );
  expect([...new Set(places)]).toEqual(['leases slipway/slipway-engine']);
  expect(await loop().calls()).toEqual([]);
  expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
});

test('a machine that no rung could repair is told before anything else would be done', async () => {
  const node = loop().takeNode();
  const file = loop().stack.state.bmc!.inventory;
  const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as { nodes: Record<string, unknown> };
  const { [node]: _, ...others } = nodes;
  replaceFile(file, JSON.stringify({ nodes: others }));
  await loop().fail(node);
  expect(await loop().ended(node)).toMatchObject({ outcome: 'observed' });
  expect(wouldDo(node).map(({ kind }) => kind)).toEqual(['requestPermit']);
  const told = JSON.stringify(loop().entries(node));
  expect(told).toContain('would have ended as escalated (no-rung-possible)');
});
