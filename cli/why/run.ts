/** `slipway why NODE`: reads whatever answers, and says what did not. */
import type { NodeFacts } from '../../domain/node.ts';
import type { RepairState } from '../../domain/repair/types.ts';
import { getNode } from '../../kube/index.ts';
import type { Described } from '../../temporal/index.ts';
import { failure, isFailure, present, type Failure } from '../failure.ts';
import { distinct, fromHub, orFailure, readHeader } from '../reads.ts';
import { failureOf } from '../words/unread.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { readLogs, stateOf, unreadLines, type RepairLog } from '../../views/journal.ts';
import { readNotices } from '../../views/notices.ts';
import { withSources } from '../perform.ts';
import { readRecord } from '../../views/records.ts';
import { storyOf } from '../words/story.ts';
import { show } from '../show.ts';
import { inTime, type Sources } from '../sources.ts';
import { sentence } from '../text/sentence.ts';
import { renderWhy } from './render.ts';
import { takeBackCommands } from './takeBack.ts';
import { whyView, type WhyKnown } from './view.ts';

export async function run(invocation: Invocation, node: string): Promise<Exit> {
  return withSources(invocation, { hub: true, temporal: true }, async (sources) => {
    const known = await readKnown(sources, node, invocation.io.now());
    if (known.gone && !known.record && !known.story && known.unread.length === 0)
      return failure('nodeNotFound', `There is no node ${node}, and nothing is known of one.`);
    const { slipway, kubectl } = sources.places.commands;
    const view = whyView(known, takeBackCommands(node, kubectl));
    show(invocation, view, (shown, screen) => renderWhy(shown, screen, slipway));
    return view.unread.length > 0 ? exits.partial : exits.done;
  });
}

async function readKnown(sources: Sources, node: string, asOf: number): Promise<WhyKnown> {
  const [head, facts, kept, newest, workflow, notices] = await Promise.all([
    readHeader(sources, asOf),
    readFacts(sources, node),
    fromHub(sources, (from) => readRecord(from, node)),
    newestLog(sources, node),
    readWorkflow(sources, node),
    fromHub(sources, readNotices),
  ]);
  const log = isFailure(newest) ? newest : newest.log;
  const state = await readState(sources, node, log, workflow);
  const story = log && !isFailure(log) ? storyOf(log, present(state)) : undefined;
  return {
    header: head.header,
    node,
    engine: head.engine,
    facts: facts === 'gone' ? undefined : present(facts),
    gone: facts === 'gone',
    record: present(kept)?.record,
    story,
    state: present(state),
    workflow: present(workflow),
    notices: present(notices)?.undelivered.filter((notice) => notice.node === node),
    unread: distinct([
      ...head.unread,
      ...(present(newest)?.unread ?? []),
      ...[facts, kept, log, workflow, notices, state].filter(isFailure),
    ]),
  };
}

async function readFacts({ kube }: Sources, node: string): Promise<NodeFacts | 'gone' | Failure> {
  if (isFailure(kube)) return kube;
  const answer = await getNode(kube, node);
  if (answer.ok) return answer.value;
  if (answer.refusal.kind === 'not-found') return 'gone';
  return failure('kubeRefused', sentence(`${node} could not be read: ${answer.refusal.message}`));
}

type Newest = { readonly log: RepairLog | undefined; readonly unread: readonly Failure[] };

async function newestLog(sources: Sources, node: string): Promise<Newest | Failure> {
  const read = await fromHub(sources, (from) => readLogs(from, { node }));
  return isFailure(read)
    ? read
    : { log: read.logs.at(-1), unread: unreadLines(read).map(failureOf) };
}

async function readWorkflow(sources: Sources, node: string): Promise<Described | Failure> {
  const { temporal, cluster } = sources;
  if (isFailure(temporal)) return temporal;
  if (isFailure(cluster)) return cluster;
  const { describeRepair } = await import('../../temporal/index.ts');
  const about = await inTime(temporal, () =>
    describeRepair(temporal, { cluster: cluster.id, node }),
  );
  return about.kind === 'failed'
    ? failure('temporalFailed', sentence(`Temporal was asked about ${node}: ${about.why}`))
    : about;
}

/** The journal tells the state; without it a running repair is asked itself. */
async function readState(
  sources: Sources,
  node: string,
  log: RepairLog | undefined | Failure,
  workflow: Described | Failure,
): Promise<RepairState | undefined | Failure> {
  if (log && !isFailure(log)) return orFailure(stateOf(log));
  const { temporal, cluster } = sources;
  if (isFailure(temporal) || isFailure(cluster)) return undefined;
  if (isFailure(workflow) || workflow.kind === 'absent' || !workflow.running) return undefined;
  const { queryState } = await import('../../temporal/index.ts');
  const asked = await inTime(temporal, () => queryState(temporal, { cluster: cluster.id, node }));
  return asked.kind === 'state' ? asked.state : undefined;
}
