/** `slipway repairs continue ID` and `rerun ID`: a person gives a handed-over repair back to Slipway. */
import { randomUUID } from 'node:crypto';
import { countOut, limitOf } from '../../domain/guard/decide.ts';
import { emptyLedger } from '../../domain/guard/types.ts';
import { evolve } from '../../domain/dispatch/evolve.ts';
import type { Continuation, Episode, EpisodeRecord } from '../../domain/dispatch/types.ts';
import { isHeld } from '../../domain/marks.ts';
import type { NodeFacts } from '../../domain/node.ts';
import { rungAfter } from '../../domain/repair/again.ts';
import { notBegun } from '../../domain/repair/begun.ts';
import { openingOf } from '../../domain/repair/opening.ts';
import type { Author, RepairOpening, RepairState } from '../../domain/repair/types.ts';
import { handedOverOutcomes } from '../../domain/vocabulary/repair.ts';
import { repairId as repairIdOf } from '../../event-hub/index.ts';
import { listNodes } from '../../kube/index.ts';
import { carryOut, told, type Change } from '../change.ts';
import { failure, isFailure, type Failure } from '../failure.ts';
import { hubFailure } from '../hubFailure.ts';
import type { Kept } from '../../views/bucket.ts';
import { fromHub, readHeader, orFailure, type HeadRead } from '../reads.ts';
import type { Exit, Invocation } from '../io.ts';
import { stateOf, type RepairLog } from '../../views/journal.ts';
import { kubeFailure } from '../kubeRefusal.ts';
import { withSources } from '../perform.ts';
import { readLedger, readRecord } from '../../views/records.ts';
import { openEpisodes } from '../episodes.ts';
import { inTime, type Sources } from '../sources.ts';
import { sentence } from '../text/sentence.ts';
import { codeVersion } from '../version.ts';
import { findLog } from './find.ts';

/** Continue with the rung after the last one that was tried, or run the ladder again. */
type Way = 'continue' | 'rerun';

export type AgainOptions = Change & { readonly way: Way; readonly wait?: true };

type AgainPlan = {
  readonly opening: RepairOpening;
  readonly kept: Kept<EpisodeRecord>;
  readonly firstRung: number;
  readonly budgetLeft: number;
  readonly mode: RepairOpening['mode'];
};

export async function run(
  invocation: Invocation,
  id: string,
  options: AgainOptions,
): Promise<Exit> {
  return withSources(invocation, { hub: true, temporal: true }, async (sources) => {
    if (isFailure(sources.temporal)) return sources.temporal;
    const plan = await makePlan(invocation, sources, id, options.way);
    if (isFailure(plan)) return plan;
    const { opening, firstRung, budgetLeft } = plan;
    if (budgetLeft < 1 && !options.wait)
      return failure(
        'budgetFull',
        `No node more may be taken out by policy ${opening.policy.name}.`,
      );
    return carryOut(invocation, options, sources, {
      what: `${options.way} the repair of node ${opening.node}`,
      details: [
        `Node ${opening.node}, first rung ${firstRung + 1} of ${opening.policy.ladder.length}: ${rungName(plan)}.`,
        `Budget left: ${budgetLeft} of ${opening.policy.name}. Mode: ${plan.mode}.`,
      ],
      act: (by) => begin(invocation, sources, plan, by),
    });
  });
}

function rungName({ opening, firstRung }: AgainPlan): string {
  const rung = opening.policy.ladder[firstRung];
  return rung ? `${rung.name} (${rung.driver} ${rung.action})` : 'none';
}

async function makePlan(
  invocation: Invocation,
  sources: Sources,
  id: string,
  way: Way,
): Promise<AgainPlan | Failure> {
  const log = await findLog(sources, id);
  if (isFailure(log)) return log;
  const state = orFailure(stateOf(log));
  if (isFailure(state)) return state;
  const [kept, nodes, head] = await Promise.all([
    fromHub(sources, (from) => readRecord(from, log.node)),
    nodesOf(sources),
    readHeader(sources, invocation.io.now()),
  ]);
  if (isFailure(kept)) return kept;
  if (isFailure(nodes)) return nodes;
  const refusal = notNow(log, state, kept) ?? standsStill(head, nodes, log.node);
  if (refusal) return refusal;
  return planOf(sources, { log, state, kept, nodes, head, way });
}

type RepairToResume = {
  readonly log: RepairLog;
  readonly state: RepairState;
  readonly kept: Kept<EpisodeRecord> | undefined;
  readonly nodes: readonly NodeFacts[];
  readonly head: HeadRead;
  readonly way: Way;
};

async function planOf(sources: Sources, found: RepairToResume): Promise<AgainPlan | Failure> {
  const { log, state, kept, nodes, head, way } = found;
  const { opening } = log;
  if (!opening || !kept) return failure('journalIncomplete', `${log.repairId} has no beginning.`);
  const firstRung = way === 'rerun' ? 0 : rungAfter(log.entries, state.rung);
  const { ladder, guard } = opening.policy;
  if (firstRung >= ladder.length)
    return failure('ladderDone', `Repair ${log.repairId} tried all ${ladder.length} rungs.`, {
      repairId: log.repairId,
    });
  const ledger = await fromHub(sources, readLedger);
  if (isFailure(ledger)) return ledger;
  const others = nodes.filter(({ name }) => name !== log.node);
  const out = countOut({ ledger: ledger ?? emptyLedger, nodes: others });
  const budgetLeft = limitOf(nodes.length, guard) - out;
  return { opening, kept, firstRung, budgetLeft, mode: head.header.mode ?? opening.mode };
}

function notNow(
  { repairId, node }: RepairLog,
  { outcome }: RepairState,
  kept: Kept<EpisodeRecord> | undefined,
): Failure | undefined {
  if (outcome === undefined)
    return failure('repairRunning', `Repair ${repairId} of node ${node} is still under way.`, {
      node,
    });
  if (!handedOverOutcomes.includes(outcome))
    return failure('notHandedOver', `Repair ${repairId} ended as ${outcome}, not handed over.`, {
      node,
    });
  const episode = kept?.record.episode;
  if (episode?.repairId === repairId) return undefined;
  const newest = episode ? `the newest is ${episode.repairId}` : 'the node was well since';
  return failure('notHandedOver', `Repair ${repairId} is past for node ${node}: ${newest}.`, {
    node,
  });
}

function standsStill(
  { header }: HeadRead,
  nodes: readonly NodeFacts[],
  name: string,
): Failure | undefined {
  const node = nodes.find((one) => one.name === name);
  if (!node) return failure('nodeNotFound', `There is no node ${name} any more.`);
  if (isHeld(node)) return failure('onHold', `Node ${name} is on hold.`, { node: name });
  return header.paused ? failure('standsStill', 'Slipway is paused.') : undefined;
}

async function nodesOf({ kube }: Sources): Promise<readonly NodeFacts[] | Failure> {
  if (isFailure(kube)) return kube;
  const listed = await listNodes(kube);
  return listed.ok ? listed.value : kubeFailure(listed.refusal, 'list the nodes');
}

/** First the record, then the workflow: if this ends in between, dispatch starts the same repair from the record. */
async function begin(
  invocation: Invocation,
  sources: Sources,
  plan: AgainPlan,
  by: Author,
): Promise<Exit | Failure> {
  const at = invocation.io.now();
  const { kept, opening: old } = plan;
  const episode = episodeOf(plan, by, at);
  const record = evolve(kept.record, { kind: 'opened', episode });
  const { policy } = old;
  const opening = openingOf(record, episode, { policy, mode: plan.mode, codeVersion });
  if (!opening) return failure('recordUnreadable', `The record lacks the check ${episode.check}.`);
  const bucket = await openEpisodes(sources);
  if (isFailure(bucket)) return bucket;
  const written = await bucket.update(old.node, record, kept.revision);
  if (written.kind === 'conflict')
    return failure('recordChanged', `The record of node ${old.node} was changed meanwhile.`, {
      node: old.node,
    });
  if (written.kind !== 'written') return hubFailure('The record could not be changed', written);
  const trouble = await start(sources, opening);
  const late = trouble && failure(trouble.error, `${trouble.what} The engine will start it.`);
  return told(invocation, openedAgain(sources, opening, episode.after), late);
}

function episodeOf({ opening, firstRung }: AgainPlan, by: Author, openedAt: number): Reopened {
  const { cluster, nodeUid, policy, fault, repairId: before } = opening;
  const openingEventId = `${before}/${randomUUID()}`;
  return {
    repairId: repairIdOf({ cluster, nodeUid, openingEventId }),
    openedAt,
    openingEventId,
    check: fault.check,
    policy: policy.name,
    after: { repairId: before, firstRung, by },
  };
}

type Reopened = Episode & { readonly after: Continuation };

/** Undefined once it runs; dispatch may have been faster with the same repair. */
async function start({ temporal }: Sources, opening: RepairOpening): Promise<Failure | undefined> {
  if (isFailure(temporal)) return temporal;
  const { describeRepair, startRepair } = await import('../../temporal/index.ts');
  const answer = await inTime(temporal, () => startRepair(temporal, opening, notBegun(opening)));
  if (answer.kind === 'started') return undefined;
  if (answer.kind === 'failed') return failure('temporalFailed', sentence(answer.why));
  const about = await inTime(temporal, () => describeRepair(temporal, opening));
  if (about.kind === 'found' && about.repairId === opening.repairId) return undefined;
  const { node } = opening;
  return failure('repairRunning', `Another repair of node ${node} still runs.`, { node });
}

function openedAgain(
  { places }: Sources,
  { repairId, node }: RepairOpening,
  { by, ...after }: Continuation,
): Parameters<typeof told>[1] {
  const next = places.commands.slipway(`repairs watch ${repairId}`);
  const view = { kind: 'RepairAgain', version: 1, repairId, node, after, by };
  return { lines: [`Repair ${repairId} of node ${node} is open.`, next], view };
}
