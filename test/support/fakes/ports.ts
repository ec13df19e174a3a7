/** The ports of activities over a world in memory: the neighbours are fakes, the guard's own code is the real one. */
import type { Ports } from '../../../activities/ports.ts';
import type { Step } from '../../../domain/repair/step.ts';
import { emptyRecord, evolve } from '../../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../../domain/dispatch/types.ts';
import type { NodeFacts, PodFacts } from '../../../domain/node.ts';
import type { JournalEntry, RepairOpening } from '../../../domain/repair/types.ts';
import { createPace } from '../../../engine/pace.ts';
import { createGuard } from '../../../guard/index.ts';
import type { Guard } from '../../../guard/index.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import type { GuardRecord } from '../../../schemas/wire/guardRecord.ts';
import { at, fault, opening, policy, repairId } from '../given.ts';
import { nodeFacts } from '../nodes.ts';
import { sampleNode } from '../samples.ts';
import { fakeBucket } from './bucket.ts';
import type { FakeBucket } from './bucket.ts';
import { fakeDriver } from './driver.ts';
import type { FakeDriver } from './driver.ts';
import { fakeHub } from './hub.ts';
import type { FakeHub } from './hub.ts';
import { fakeKube } from './kube.ts';
import type { FakeKube } from './kube.ts';

export type FakeWorld = {
  readonly ports: Ports;
  readonly kube: FakeKube;
  readonly hub: FakeHub;
  readonly ledger: FakeBucket<GuardRecord>;
  readonly driver: FakeDriver;
  /** Lets so many milliseconds pass. */
  readonly pass: (ms: number) => void;
};

/** A faulty node whose repair is open, with enough others that a permit is free. */
export async function fakeWorld(node: NodeFacts = nodeFacts()): Promise<FakeWorld> {
  let now = at(0);
  const clock = (): number => now;
  const kube = fakeKube([node, ...others()]);
  const hub = fakeHub();
  const ledger = fakeBucket(parseGuardRecord);
  const driver = fakeDriver('redfish', clock);
  const nodes = async (): Promise<readonly NodeFacts[] | undefined> => {
    const read = await kube.port.allNodes();
    return read.ok ? read.value : undefined;
  };
  const guard = guardPort(createGuard({ bucket: ledger, nodes, clock }));
  await hub.put(openRecord());
  return {
    ports: {
      cluster: fault.cluster,
      kube: kube.port,
      hub: hub.port,
      guard,
      drivers: { redfish: driver.driver },
      pace: createPace({ evictionsPerSecond: 50 }),
      clock,
    },
    kube,
    hub,
    ledger,
    driver,
    pass: (ms) => void (now += ms),
  };
}

/** The record of the sample node after the sample fault opened the sample repair. */
export function openRecord(): EpisodeRecord {
  const { check, id: openingEventId } = fault;
  const episode = { repairId, openedAt: at(0), openingEventId, check, policy: policy().name };
  const stored = { event: fault, sequence: 1, storedAt: at(0) };
  const heard = { fault: stored, bootId: fault.bootId, soakMs: 0, at: at(0) };
  const reported = evolve(emptyRecord(fault), { kind: 'reported', ...heard });
  return evolve(reported, { kind: 'opened', episode });
}

/** What an activity is told in the sample repair before anything was done, unless something else is said. */
export function step(
  changes: Partial<Omit<Step, 'opening'>> & { readonly opening?: Partial<RepairOpening> } = {},
): Step {
  const { opening: changed, ...rest } = changes;
  return {
    opening: opening(changed),
    bootId: fault.bootId,
    isolated: false,
    rung: 0,
    checks: [fault.check],
    pending: [],
    ...rest,
  };
}

export function entry(sequence: number): JournalEntry {
  const place = { version: 1, repairId, cluster: fault.cluster, node: sampleNode } as const;
  const phases = { from: 'awaiting-permit', to: 'awaiting-permit' } as const;
  const command = { kind: 'requestPermit' } as const;
  return { ...place, ...phases, sequence, at: at(sequence), command, events: [], by: 'slipway' };
}

/** A pod of a ReplicaSet on the sample node. */
export function pod(name: string, changes: Partial<PodFacts> = {}): PodFacts {
  return {
    namespace: 'default',
    name,
    uid: `uid-${name}`,
    node: sampleNode,
    phase: 'Running',
    ownerKind: 'ReplicaSet',
    ownerName: 'web',
    mirror: false,
    deleting: false,
    graceSeconds: 30,
    createdAt: 0,
    toleratesCordon: false,
    localData: false,
    ...changes,
  };
}

function others(): readonly NodeFacts[] {
  return Array.from({ length: 9 }, (_, n) =>
    nodeFacts({ name: `other-${n}`, uid: `uid-other-${n}`, systemUuid: `uuid-other-${n}` }),
  );
}

function guardPort(guard: Guard): Ports['guard'] {
  const reason = 'ledger-unreadable';
  return {
    request: guard.request,
    preview: guard.preview,
    release: async (id) => {
      const released = await guard.release(id);
      return released.ok ? released : { ...released, reason };
    },
    holds: async (id) => {
      const held = await guard.holds(id);
      return held.ok ? held : { ...held, reason };
    },
  };
}
