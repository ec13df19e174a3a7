/**
 * What is written into the streams: by whom, where, and the very bytes. A test per subject, named like it;
 * test/unit/emissions.test.ts fails where one is missing.
 */
import { expect, test } from 'vitest';
import { record as recordStep } from '../../../activities/journal.ts';
import { record as recordDeed } from '../../../cli/change.ts';
import { conditionRules } from '../../../domain/conditions/policy.ts';
import { memoriesOf } from '../../../domain/conditions/memory.ts';
import { streams } from '../../../domain/vocabulary/hub.ts';
import { consumeFaults, eventId, publishFault, publishJournal } from '../../../event-hub/index.ts';
import { startNodeConditions } from '../../../probes/active/nodeConditions.ts';
import { fakeWorld, step } from '../../support/fakes/ports.ts';
import { at } from '../../support/given.ts';
import { expectKind } from '../../support/hub.ts';
import { nodeFacts } from '../../support/nodes.ts';
import { useHub } from '../../support/useHub.ts';
import { rawOn } from '../../support/raw.ts';
import { handedOver } from '../../support/tickets.ts';

const { hub, signal } = useHub();

/** The name of a node, and how a token of a subject has to spell it. */
const node = 'ip-10-0-1-17.eu-west-1';
const token = 'ip-10-0-1-17%2Eeu-west-1';

test('fault.<cluster>.<node>.<observer>.<check>: by the probe of node conditions', async () => {
  const said = { status: 'False', reason: 'KubeletDown', message: 'gone' } as const;
  const conditions = [{ type: 'Ready', ...said }];
  const after = nodeFacts({ name: node, ready: said.status, conditions });
  let see = (): void => undefined;
  const probe = startNodeConditions({
    cluster: 'faults',
    nodes: {
      synced: Promise.resolve(),
      onChange: (listener) => {
        see = () => listener({ kind: 'added', after });
        return () => undefined;
      },
    },
    rules: conditionRules,
    memories: async () => memoriesOf('node-conditions', [], []),
    eventId,
    publish: async (event) => void expectKind(await publishFault(hub().hub, event), 'stored'),
    clock: () => at(0),
    signal: signal(),
  });
  await probe.started;
  see();
  await probe.settled();
  const subject = `fault.faults.${token}.node-conditions.Ready`;
  expect(await rawOn(hub().hub, { stream: streams.faults, subject })).toEqual({
    headers: { 'Nats-Msg-Id': 'e-5jti5saay2jlz4rkr7kq5b74bx' },
    text: JSON.stringify({
      specversion: '1.0',
      id: 'e-5jti5saay2jlz4rkr7kq5b74bx',
      type: 'dev.slipway.fault.v1',
      source: 'node-conditions',
      subject: node,
      time: '2026-09-21T14:13:20.000Z',
      datacontenttype: 'application/json',
      data: {
        cluster: 'faults',
        node,
        nodeUid: '3a6b0c88-0000-4000-8000-000000000017',
        bootId: '9d0e7f10-0000-4000-8000-0000000000b1',
        check: 'Ready',
        verdict: 'faulty',
        reason: 'KubeletDown',
        message: 'gone',
        counter: 100,
      },
    }),
  });
});

test('journal.<cluster>.<node>: by the activities of a repair', async () => {
  const { ports } = await fakeWorld();
  const port: typeof ports.hub = {
    ...ports.hub,
    publishJournal: async (entries) => {
      expectKind(await publishJournal(hub().hub, entries), 'stored');
      return { ok: true, value: undefined };
    },
  };
  const pending = handedOver({ repairId: 'r-1', cluster: 'entries', node }).slice(1);
  await recordStep({ ...ports, hub: port }, step({ pending }));
  const subject = `journal.entries.${token}`;
  const closed = { kind: 'closed', outcome: 'escalated', reason: 'ladder-exhausted', at: at(9) };
  expect(await rawOn(hub().hub, { stream: streams.journal, subject })).toEqual({
    headers: { 'Nats-Msg-Id': 'r-1/1' },
    text: JSON.stringify({
      version: 1,
      repairId: 'r-1',
      cluster: 'entries',
      node,
      sequence: 1,
      at: at(3),
      command: { kind: 'close' },
      from: 'repairing',
      to: 'closed',
      events: [closed],
      by: 'slipway',
    }),
  });
});

test('journal.<cluster>: by what a person does to the whole cluster', async () => {
  const unused = { kind: 'unused' } as never;
  const sources = {
    hub: hub().hub,
    cluster: { id: 'deeds', name: 'blue', server: 'https://10.0.0.1' },
    kube: unused,
    temporal: unused,
    places: unused,
    close: async () => undefined,
  };
  await recordDeed(sources, { kind: 'pause', at: at(0) }, { name: 'ada', reason: 'upgrade' });
  expect(await rawOn(hub().hub, { stream: streams.journal, subject: 'journal.deeds' })).toEqual({
    headers: { 'Nats-Msg-Id': `["deeds",null,"ada",0,${at(0)}]` },
    text: JSON.stringify({
      version: 1,
      cluster: 'deeds',
      sequence: 0,
      at: at(0),
      command: { kind: 'pause' },
      reason: 'upgrade',
      events: [],
      by: 'ada',
    }),
  });
});

test('dead.<cluster>: by whoever consumes what cannot be read', async () => {
  const subject = `fault.letters.${token}.agent.Ready`;
  const { seq } = await hub().hub.jetstream.publish(subject, 'not json');
  await consumeFaults(hub().hub, {
    durable: 'dispatch',
    cluster: 'letters',
    handle: async () => 'done',
    onBad: () => undefined,
    signal: signal(),
  });
  expect(await rawOn(hub().hub, { stream: streams.dead, subject: 'dead.letters' })).toEqual({
    headers: {
      'Slipway-Cluster': 'letters',
      'Slipway-Subject': subject,
      'Slipway-Sequence': String(seq),
      'Slipway-Reason': 'malformed',
      'Slipway-Detail': expect.stringMatching(/^not%20JSON%3A%20/),
      'Slipway-Bytes': '8',
      'Nats-Msg-Id': `${subject}/${seq}`,
    },
    text: 'not json',
  });
});
