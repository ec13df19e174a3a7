/** What the command line's screens are made of, at one fixed moment. */
import type { EpisodeRecord } from '../../domain/dispatch/types.ts';
import type { NodeFacts } from '../../domain/node.ts';
import { fold } from '../../domain/repair/evolve.ts';
import type { JournalEntry, RepairOpening, RepairState } from '../../domain/repair/types.ts';
import type { Header } from '../../views/header.ts';
import type { Io, Screen } from '../../cli/io.ts';
import type { RepairLog } from '../../views/journal.ts';
import { storyOf } from '../../cli/words/story.ts';
import type { Story } from '../../views/story.ts';
import type { EngineRecord } from '../../schemas/wire/engineRecord.ts';
import { at, fault, firstBoot, opening, policy, repairId } from './given.ts';
import { recorded, type Turn } from './recorded.ts';
import { sampleNode } from './samples.ts';

export const screen80: Screen = { width: 80, height: 24, color: false, live: false };
export const now = at(100);

/** A world in which nobody reads and nobody answers. */
export const nobody: Io = {
  out: () => undefined,
  err: () => undefined,
  screen: screen80,
  calledAs: 'slipway',
  env: {},
  now: () => 0,
  interrupted: new AbortController().signal,
};

export function slipway(words: string): string {
  return `slipway ${words}`;
}

export function header(changes: Partial<Header> = {}): Header {
  return {
    cluster: { id: fault.cluster, name: 'prod-1', server: 'https://10.0.0.1:6443' },
    mode: 'act',
    engineVersion: '0.1.0',
    engine: { holder: 'engine-a-1', seenAt: at(98) },
    asOf: now,
    ...changes,
  };
}

export function engine(changes: Partial<EngineRecord> = {}): EngineRecord {
  const { name, checks, holdDownMs, soakMs, guard } = policy();
  return {
    kind: 'engine',
    mode: 'act',
    codeVersion: '0.1.0',
    since: at(0),
    policies: [{ name, checks, holdDownMs, soakMs, guard }],
    ...changes,
  };
}

export function storyFrom(turns: readonly Turn[], changes: Partial<RepairOpening> = {}): Story {
  const log = logOf(turns, changes);
  return storyOf(log, stateOf(log));
}

export function logOf(turns: readonly Turn[], changes: Partial<RepairOpening> = {}): RepairLog {
  const entries = recorded(turns, changes);
  return { repairId, node: sampleNode, entries, opening: opening(changes) };
}

export function stateOf(log: RepairLog): RepairState {
  return fold(
    log.opening!,
    log.entries.flatMap(({ events }: JournalEntry) => events),
  );
}

export function nodeFacts(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: sampleNode,
    uid: fault.nodeUid,
    resourceVersion: '7',
    bootId: firstBoot,
    systemUuid: 'b4c1',
    unschedulable: false,
    ready: 'True',
    conditions: [],
    marks: {},
    taints: [],
    controlPlane: false,
    deleting: false,
    ...changes,
  };
}

export function record(changes: Partial<EpisodeRecord> = {}): EpisodeRecord {
  const { check, observer, bootId, counter, id, reason, message } = fault;
  return {
    version: 1,
    cluster: fault.cluster,
    node: sampleNode,
    nodeUid: fault.nodeUid,
    formerUids: [],
    reports: [
      {
        check,
        observer,
        verdict: 'faulty',
        bootId,
        counter,
        sequence: 1,
        storedAt: at(0),
        heardAt: at(0),
        eventId: id,
        reason,
        message,
        saidSince: 1,
        faultySince: at(0),
      },
    ],
    place: 1,
    ...changes,
  };
}
