/** From a condition on a real Node to a report in a real stream. What counts as news is in test/unit/domain. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { conditionRules } from '../../../../domain/conditions/policy.ts';
import { memoriesOf } from '../../../../domain/conditions/memory.ts';
import type { FaultEvent } from '../../../../domain/fault.ts';
import { waitFor } from '../../../../embedded/waitFor.ts';
import {
  ensureStreams,
  eventId,
  newestReports,
  publishFault,
} from '../../../../event-hub/index.ts';
import type { Hub } from '../../../../event-hub/index.ts';
import { clusterIdentity, nodeCache } from '../../../../kube/index.ts';
import type { Kube } from '../../../../kube/index.ts';
import { startNodeConditions } from '../../../../probes/active/nodeConditions.ts';
import { expectKind, openHub } from '../../../support/hub.ts';
import { connectAs } from '../../../support/kube.ts';
import { useStack } from '../../../support/stack.ts';

const stack = useStack();
let hub: Hub;
let observer: Kube;
let cluster = '';

beforeAll(async () => {
  hub = await openHub(stack().state.natsUrl);
  expectKind(await ensureStreams(hub), 'ready');
  observer = await connectAs(stack(), 'observer');
  const identity = await clusterIdentity(observer);
  cluster = identity.ok ? identity.value.id : '';
});

afterAll(async () => {
  await hub.close();
  await observer.close();
});

async function startProbe() {
  const ended = new AbortController();
  const nodes = nodeCache(observer, { signal: ended.signal });
  const probe = startNodeConditions({
    cluster,
    nodes,
    rules: conditionRules,
    memories: async () => {
      const read = expectKind(await newestReports(hub, cluster), 'read');
      return memoriesOf('node-conditions', [], read.reports);
    },
    eventId,
    publish: async (event) => {
      expectKind(await publishFault(hub, event), 'stored');
    },
    clock: Date.now,
    signal: ended.signal,
  });
  const end = async (): Promise<void> => {
    ended.abort();
    await nodes.done;
    await probe.settled();
  };
  onTestFinished(end);
  await probe.started;
  return { ...probe, end };
}

/** Waits until the newest report of each named check is this verdict, and returns these reports. */
async function untilReported(
  node: string,
  verdicts: Readonly<Record<string, string>>,
): Promise<FaultEvent[]> {
  const ask = async (): Promise<FaultEvent[] | undefined> => {
    const events = (await reported()).filter((event) => event.node === node);
    const met = Object.entries(verdicts).every(([check, verdict]) =>
      events.some((event) => event.check === check && event.verdict === verdict),
    );
    return met ? events : undefined;
  };
  const found = await waitFor(ask, { deadlineMs: 8_000 });
  if (!found) throw new Error(`in vain: ${node} ${JSON.stringify(verdicts)}`);
  return found;
}

async function reported(): Promise<FaultEvent[]> {
  const read = expectKind(await newestReports(hub, cluster), 'read');
  return read.reports.map(({ event }) => event);
}

async function stored(): Promise<number> {
  return (await hub.manager.streams.info('FAULTS')).state.messages;
}

it('reports a fault, its evidence after a reboot, and nothing else', async () => {
  const [node] = await stack().createNodes(1);
  const { name } = node!;
  await stack().hardware.behave(name, { bootMs: [300, 400] });
  const probe = await startProbe();
  const before = await stored();
  await stack().setCondition(name, {
    type: 'KernelDeadlock',
    status: 'True',
    reason: 'DockerHung',
    message: 'task docker:7 blocked for more than 300 seconds.',
  });
  const faulty = await untilReported(name, { KernelDeadlock: 'faulty' });
  const bootId = faulty[0]?.bootId;
  expect(faulty).toMatchObject([
    {
      check: 'KernelDeadlock',
      reason: 'DockerHung',
      message: 'task docker:7 blocked for more than 300 seconds.',
      observer: 'node-conditions',
    },
  ]);
  await probe.settled();
  expect(await stored()).toBe(before + 1);
  await stack().hardware.reboot(name);
  const rebooted = await waitFor(
    async () => {
      const events = (await reported()).filter((event) => event.node === name);
      const fresh = events.filter(
        (event) => event.bootId !== bootId && event.verdict === 'healthy',
      );
      // The kubelet was not Ready during the reboot, so that is to be taken back as well.
      return fresh.length >= 2 ? events : undefined;
    },
    { deadlineMs: 8_000 },
  );
  expect(rebooted?.map(({ check }) => check).toSorted()).toEqual(['KernelDeadlock', 'Ready']);
  await probe.end();
  const total = await stored();
  const again = await startProbe();
  await again.settled();
  expect(await stored()).toBe(total);
});

it('reports, when it starts again, what happened while it was away', async () => {
  const [node] = await stack().createNodes(1, { from: 1 });
  const { name } = node!;
  const probe = await startProbe();
  await stack().setCondition(name, { type: 'ReadonlyFilesystem', status: 'True' });
  await untilReported(name, { ReadonlyFilesystem: 'faulty' });
  await probe.end();
  await stack().setCondition(name, { type: 'ReadonlyFilesystem', status: 'False' });
  await stack().setCondition(name, { type: 'KernelDeadlock', status: 'True' });
  const before = await stored();
  const again = await startProbe();
  await untilReported(name, { ReadonlyFilesystem: 'healthy', KernelDeadlock: 'faulty' });
  await again.settled();
  expect(await stored()).toBe(before + 2);
});
