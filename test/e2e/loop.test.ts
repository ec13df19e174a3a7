/** One fault through all layers, judged by the audit log and the BMC's call log. What persons do: people.test.ts. */
import { describe, expect, test } from 'vitest';
import { evictions, isolations, resets, returns, turns } from '../../embedded/oracle/index.ts';
import type { ApiWrite } from '../../embedded/oracle/index.ts';
import { policyFile, useLoop, viewNode } from '../support/loop.ts';
import { appOf, daemonSetOn, deployOn, mirrorPodOn, podsOn } from '../support/pods.ts';

const loop = useLoop({
  mode: 'act',
  nodes: 12,
  policies: policyFile([{ name: 'quick', checks: ['KernelDeadlock'] }]),
});

const bootMs: [number, number] = [500, 1_000];

async function resetTypes(node: string): Promise<unknown[]> {
  return resets(await loop().calls(), node).map(({ resetType }) => resetType);
}

function labelIn({ user, verb, request }: ApiWrite): string | undefined {
  if (user !== 'slipway-actor' || verb !== 'patch') return undefined;
  const patch = request as { metadata?: { labels?: Record<string, string> } };
  return patch.metadata?.labels?.['slipway.dev/repair'];
}

describe.concurrent('a fault', () => {
  test('is healed by a reboot, and the node serves again', async () => {
    const node = loop().takeNode();
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired', reason: 'healed' });
    const writes = await loop().writes();
    expect(isolations(writes, node)).toHaveLength(1);
    expect(returns(writes, node)).toHaveLength(1);
    expect(await resetTypes(node)).toEqual(['GracefulRestart']);
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  });

  test('comes back after a repair and is repaired again, with one isolation for each return', async () => {
    const node = loop().takeNode();
    await loop().fail(node);
    await loop().ended(node);
    await loop().fail(node);
    expect(await loop().ended(node, 2)).toMatchObject({ outcome: 'repaired' });
    // A reboot that did not help for long is not tried again.
    expect(await resetTypes(node)).toEqual(['GracefulRestart', 'PowerCycle']);
    const turned = turns(await loop().writes(), node).map(({ to }) => to);
    expect(turned).toEqual(['cordoned', 'uncordoned', 'cordoned', 'uncordoned']);
  });

  test('outlives a reboot that changes nothing, and is healed by the power cycle', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs, ignores: ['GracefulRestart'] });
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['GracefulRestart', 'PowerCycle']);
    expect(isolations(await loop().writes(), node)).toHaveLength(1);
  });

  test('outlives a reboot that the BMC refuses, and is healed by the power cycle', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs, rejects: ['GracefulRestart'] });
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['PowerCycle']);
  });

  test('is healed by a reset that was carried out and never answered, and none follows', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs, neverAnswers: true });
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    expect(await resetTypes(node)).toEqual(['GracefulRestart']);
  });

  test('beyond repair is handed over with its evidence, and the node stays isolated', async () => {
    const node = loop().takeNode();
    await loop().stack.hardware.behave(node, { bootMs, keepsProblems: true });
    await loop().fail(node);
    const end = await loop().ended(node);
    expect(end).toMatchObject({ outcome: 'escalated', reason: 'ladder-exhausted' });
    expect(await resetTypes(node)).toEqual(['GracefulRestart', 'PowerCycle']);
    expect(await loop().ticket(node)).toMatchObject({
      repairId: end.repairId,
      fault: { check: 'KernelDeadlock', verdict: 'faulty' },
      attempts: [
        { rung: 'reboot', result: 'done', givenUp: 'still-faulty' },
        { rung: 'power-cycle', result: 'done', givenUp: 'still-faulty' },
      ],
      stands: { isolated: true },
    });
    const { unschedulable, marks } = await viewNode(loop(), node);
    expect(unschedulable).toBe(true);
    expect(JSON.parse(marks['slipway.dev/isolation']!)).toMatchObject({
      repair: end.repairId,
      outcome: 'escalated',
    });
    expect(returns(await loop().writes(), node)).toEqual([]);
  });

  test('that clears behind a disruption budget ends without a reset', async () => {
    const node = loop().takeNode();
    const pods = await deployOn(loop(), node, { minAvailable: 2 });
    await loop().fail(node);
    const waiting = await loop().state(node, ({ pods: { blockers } }) => blockers.length > 0);
    expect(waiting.pods.blockers[0]?.budgets).toEqual([expect.stringContaining(appOf(node))]);
    await loop().heal(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'recovered' });
    expect(resets(await loop().calls(), node)).toEqual([]);
    const left = await podsOn(loop().stack, node);
    expect(left.map(({ metadata }) => metadata.uid).toSorted()).toEqual(
      pods.map(({ metadata }) => metadata.uid).toSorted(),
    );
    expect(left.flatMap(({ metadata }) => metadata.labels?.['slipway.dev/repair'] ?? [])).toEqual(
      [],
    );
    expect(await viewNode(loop(), node)).toMatchObject({ unschedulable: false, marks: {} });
  });
});

describe.concurrent('the pods of a node', () => {
  test('are all labelled before the first one moves, each with its own time to end', async () => {
    const node = loop().takeNode();
    // Zero grace would be a force delete, which lets two pods with one identity run at once.
    await deployOn(loop(), node, { terminationGracePeriodSeconds: 0 });
    await loop().fail(node);
    const { repairId } = await loop().ended(node);
    const writes = (await loop().writes()).filter(({ name }) => name?.startsWith(appOf(node)));
    const labelled = writes.filter((write) => labelIn(write) === repairId);
    const moved = evictions(writes).filter(({ user }) => user === 'slipway-actor');
    expect(labelled).toHaveLength(2);
    expect(moved.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...labelled.map(({ answeredAtMs }) => answeredAtMs))).toBeLessThan(
      Math.min(...moved.map(({ receivedAtMs }) => receivedAtMs)),
    );
    for (const { request } of moved)
      expect(request).toMatchObject({ deleteOptions: { gracePeriodSeconds: 1 } });
  });

  test('stay where they belong to a DaemonSet or to the kubelet itself', async () => {
    const node = loop().takeNode();
    const daemon = await daemonSetOn(loop(), node);
    const mirror = await mirrorPodOn(loop(), node);
    await loop().fail(node);
    expect(await loop().ended(node)).toMatchObject({ outcome: 'repaired' });
    const names = [daemon.metadata.name, mirror];
    const touched = (await loop().writes()).filter(
      ({ user, name }) => user.startsWith('slipway') && names.includes(name ?? ''),
    );
    expect(touched).toEqual([]);
    const uids = (await podsOn(loop().stack, node)).map(({ metadata }) => metadata.uid);
    expect(uids).toContain(daemon.metadata.uid);
  });
});

test('over all of this, no node is isolated twice without a return, nor reset twice in one attempt', async () => {
  const writes = await loop().writes();
  for (const [node, turned] of Map.groupBy(turns(writes), (turn) => turn.node)) {
    const ours = turned.filter(({ user }) => user === 'slipway-actor').map(({ to }) => to);
    const doubled = ours.filter((to, index) => to === ours[index - 1]);
    expect(doubled, `${node}: ${ours.join(', ')}`).toEqual([]);
    const events = loop()
      .entries(node)
      .flatMap((entry) => entry.events);
    const attempts = events.filter(({ kind }) => kind === 'attempted');
    expect((await resetTypes(node)).length).toBeLessThanOrEqual(attempts.length);
  }
});
