/** How a repair ended, read from the API server, its audit log, the BMCs' log, the hub and Temporal. */
import {
  evictions,
  isolations,
  readBmcCalls,
  readWrites,
  resets,
  returns,
} from '../../../embedded/oracle/index.ts';
import type { ApiWrite } from '../../../embedded/oracle/index.ts';
import { ledgerKey } from '../../../guard/index.ts';
import { describeRepair } from '../../../temporal/index.ts';
import { marks } from '../../../domain/vocabulary/marks.ts';
import { podsOf } from './site.ts';
import type { Pod, Site } from './site.ts';
import { until } from './until.ts';

/** What has to be the same however often the engine was killed. */
export type End = {
  readonly outcome: string | undefined;
  readonly reason: string | undefined;
  readonly workflow: string;
  readonly isolations: number;
  readonly returns: number;
  readonly unschedulable: boolean | undefined;
  /** Our annotations on the node, with the outcome that the mark tells. */
  readonly marks: Readonly<Record<string, string | undefined>>;
  /** Pods that were on the node, and still are. */
  readonly podsLeft: number;
  /** Most grants of an eviction that one pod got. */
  readonly evictionsPerPod: number;
  readonly labelledPods: number;
  readonly permit: boolean;
  readonly waits: boolean;
};

/** The end of a repair that a reset healed. */
export const wellEnded: End = {
  outcome: 'repaired',
  reason: 'healed',
  workflow: 'COMPLETED',
  isolations: 1,
  returns: 1,
  unschedulable: false,
  marks: {},
  podsLeft: 0,
  evictionsPerPod: 1,
  labelledPods: 0,
  permit: false,
  waits: false,
};

/** A fault on a node, and the pods that ran there when it came. */
export type Case = { readonly node: string; readonly pods: readonly Pod[] };

export type Fault = { readonly node: string; readonly check: string };

/** Reports the fault as something on the machine would. */
export async function breakNode({ stack }: Site, { node, check }: Fault): Promise<Case> {
  const pods = (await podsOf(stack)).filter((pod) => pod.node === node);
  await stack.setCondition(node, { type: check, status: 'True' });
  return { node, pods };
}

/** Waits until the node's record says that its repair closed and no workflow of it runs. */
export async function untilEnded(site: Site, node: string, deadlineMs = 60_000): Promise<void> {
  await until(
    `the repair of ${node} ended (now ${JSON.stringify(await episodeOf(site, node))})`,
    async () => (await episodeOf(site, node))?.outcome !== undefined,
    deadlineMs,
  );
  await until(`the workflow of ${node} ended`, async () => {
    const about = await describeRepair(site.temporal, { cluster: site.cluster, node });
    return about.kind === 'found' && !about.running;
  });
}

export async function endOf(site: Site, broken: Case): Promise<End> {
  const { cluster } = site;
  const { node } = broken;
  const about = await describeRepair(site.temporal, { cluster, node });
  const episode = await episodeOf(site, node);
  const repairId = episode?.repairId ?? '';
  return {
    outcome: episode?.outcome,
    reason: episode?.reason,
    workflow: about.kind === 'found' ? about.status : about.kind,
    ...(await nodeOf(site, node)),
    ...(await podsLeftBy(site, broken, repairId)),
    ...(await heldBy(site, repairId)),
  };
}

async function episodeOf({ episodes }: Site, node: string) {
  const found = await episodes.get(node);
  return found.kind === 'found' ? found.value.episode : undefined;
}

type NodeEnd = Pick<End, 'isolations' | 'returns' | 'unschedulable' | 'marks'>;

async function nodeOf({ stack }: Site, node: string): Promise<NodeEnd> {
  const writes = await readWrites(stack.state.kubernetes.auditLog);
  const seen = await stack.node(node);
  return {
    isolations: isolations(writes, node).length,
    returns: returns(writes, node).length,
    unschedulable: seen?.spec.unschedulable,
    marks: ourMarks(seen?.metadata.annotations ?? {}),
  };
}

function ourMarks(annotations: Readonly<Record<string, string>>): End['marks'] {
  const ours = Object.entries(annotations).filter(([key]) => key.startsWith('slipway.dev/'));
  const outcomes = ours.map(([key, text]) => [
    key,
    (JSON.parse(text) as { outcome?: string }).outcome,
  ]);
  return Object.fromEntries(outcomes) as End['marks'];
}

type PodsEnd = Pick<End, 'podsLeft' | 'evictionsPerPod' | 'labelledPods'>;

async function podsLeftBy({ stack }: Site, { pods }: Case, repairId: string): Promise<PodsEnd> {
  const writes = await readWrites(stack.state.kubernetes.auditLog);
  const present = await podsOf(stack);
  return {
    podsLeft: present.filter((pod) => pods.some(({ uid }) => uid === pod.uid)).length,
    evictionsPerPod: Math.max(0, ...pods.map((pod) => grants(writes, pod))),
    labelledPods: present.filter((pod) => pod.labels[marks.repair] === repairId).length,
  };
}

function grants(writes: readonly ApiWrite[], { name }: Pod): number {
  return evictions(writes).filter((write) => write.name === name && write.status === 201).length;
}

async function heldBy({ guard }: Site, repairId: string): Promise<Pick<End, 'permit' | 'waits'>> {
  const ledger = await guard.get(ledgerKey);
  if (ledger.kind !== 'found' || ledger.value.kind !== 'ledger') throw new Error('no ledger');
  const { permits } = ledger.value.ledger;
  return {
    permit: permits.some((permit) => permit.repairId === repairId),
    waits: (await guard.get(`waiter.${repairId}`)).kind !== 'absent',
  };
}

/** Resets that the machine's BMC took. */
export async function resetsOf({ stack }: Site, node: string): Promise<readonly (string | null)[]> {
  const calls = await readBmcCalls(stack.state.bmc?.callLog ?? '');
  return resets(calls, node).map(({ resetType }) => resetType);
}
