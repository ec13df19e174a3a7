/** Golden screens at 80 columns. To accept a change: `npx vitest run test/unit/cli -u`, and read the difference. */
import { describe, expect, test } from 'vitest';
import { renderDead } from '../../../cli/dead/list.ts';
import { renderDoctor } from '../../../cli/doctor/render.ts';
import { findings } from '../../../cli/doctor/view.ts';
import { failure } from '../../../cli/failure.ts';
import { renderFaults } from '../../../cli/faults/list.ts';
import { viewOf } from '../../../views/journal.ts';
import { noticesOf } from '../../../views/notices.ts';
import { renderList } from '../../../cli/repairs/list.ts';
import { renderReplay, replayView } from '../../../cli/repairs/replay.ts';
import { renderStory } from '../../../cli/repairs/render.ts';
import { renderStatus } from '../../../cli/status/render.ts';
import { budgetsOf, handedOverOf, repairsOf } from '../../../views/status.ts';
import { renderWhy } from '../../../cli/why/render.ts';
import { takeBackCommands } from '../../../cli/why/takeBack.ts';
import { whyView, type WhyKnown } from '../../../cli/why/view.ts';
import {
  after,
  at,
  attempted,
  cancel,
  fault,
  granted,
  isolated,
  moved,
  opening,
  policy,
  repairId,
  report,
  tagged,
} from '../../support/given.ts';
import type { Blocker, RepairEvent } from '../../../domain/repair/types.ts';
import type { NoticeRecord } from '../../../schemas/wire/noticeRecord.ts';
import { sampleTicket } from '../../support/tickets.ts';
import { turn, type Turn } from '../../support/recorded.ts';
import { faultEvent, sampleNode } from '../../support/samples.ts';
import {
  engine,
  header,
  logOf,
  nodeFacts,
  now,
  record,
  screen80,
  slipway,
  stateOf,
  storyFrom,
} from '../../support/screens.ts';

const blockers: readonly Blocker[] = [
  { pod: 'default/web-84cd44fcbb-8zgs4', why: 'blocked-by-budget', budgets: ['web'] },
  { pod: 'default/web-84cd44fcbb-4gw7w', why: 'blocked-by-budget', budgets: ['web', 'all'] },
  { pod: 'default/kafka-0', why: 'refused-by-admission', detail: 'its operator rolls it' },
];
function podsLeft(seconds: number) {
  return after(seconds, { kind: 'podsLeft', left: 3, blockers });
}

const migrating: Turn[] = [
  turn(at(1), granted),
  turn(at(2), isolated),
  turn(at(3), tagged),
  turn(at(4), podsLeft(20)),
  turn(at(27), podsLeft(98)),
];

const escalated: Turn[] = [
  ...migrating.slice(0, 3),
  turn(at(4), moved),
  turn(at(5), attempted({ result: 'rejected', code: 'wrong-machine', detail: 'UUID 1 is not 2' })),
  turn(
    at(11),
    after(11, {
      kind: 'concluded',
      ending: { outcome: 'escalated', reason: 'wrong-machine', node: 'keep' },
    }),
  ),
  turn(at(12), after(12, { kind: 'restored', node: 'kept', reason: 'wrong-machine' })),
  turn(at(13), after(13, { kind: 'permitReleased' })),
  turn(at(14), after(14, { kind: 'closed', outcome: 'escalated', reason: 'wrong-machine' })),
];

const handedOver = record({
  episode: {
    repairId,
    openedAt: at(0),
    openingEventId: fault.id,
    check: fault.check,
    policy: 'kernel',
    outcome: 'escalated',
    reason: 'ladder-exhausted',
    closedAt: at(40),
  },
});

/** Names and commands are never cut, since people paste them; all else stays within the screen. */
async function expectScreen(name: string, lines: readonly string[]): Promise<void> {
  const pasted = /compute\.internal|^slipway|^kubectl|r-[a-z2-7]{20}/;
  expect(lines.filter((line) => line.length > 80 && !pasted.test(line))).toEqual([]);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`screens/${name}.txt`);
}

describe('repairs', () => {
  test('show: pods wait behind a disruption budget', async () => {
    await expectScreen('show-migrating', renderStory(storyFrom(migrating), screen80, now));
  });

  test('show: handed over after a rung', async () => {
    await expectScreen('show-escalated', renderStory(storyFrom(escalated), screen80, now));
  });

  test('show: observe mode never claims that anything was done', async () => {
    const assumed = [
      turn(at(1), { ...granted, assumed: true } as typeof granted),
      turn(at(2), { ...isolated, assumed: true } as typeof isolated),
    ];
    await expectScreen(
      'show-observed',
      renderStory(storyFrom(assumed, { mode: 'observe' }), screen80, now),
    );
  });

  test('list', async () => {
    const repairs = [escalated, migrating].map((turns) => viewOf(logOf(turns)));
    const view = { kind: 'RepairList', version: 1, header: header(), repairs, unread: [] } as const;
    await expectScreen('list', renderList(view, screen80, ''));
    await expectScreen('list-none', renderList({ ...view, repairs: [] }, screen80, '30'));
  });

  test('replay with another policy', async () => {
    const log = logOf(migrating);
    const impatient = policy({ name: 'quick', migration: { timeoutMs: 0, onTimeout: 'escalate' } });
    const view = replayView(log, opening(), impatient, false);
    const whole = { ...view, codeVersion: '0.1.0', header: header(), unread: [] };
    await expectScreen('replay', renderReplay(whole, screen80, true));
  });
});

const about = { sink: 'webhook', node: sampleNode, repairId, since: at(60) } as const;
const notices: readonly NoticeRecord[] = [
  {
    kind: 'pending',
    ...about,
    delivery: 'r-other/3',
    repairId: 'r-other',
    since: at(90),
    tries: 0,
    nextTryAt: now,
    ticket: sampleTicket(),
  },
  {
    kind: 'pending',
    ...about,
    delivery: `${repairId}/9`,
    tries: 4,
    nextTryAt: now + 8_000,
    answer: 'connect ECONNREFUSED 10.0.0.9:443',
    ticket: sampleTicket(),
  },
  { kind: 'delivered', ...about, delivery: 'r-old/7', tries: 1, at: at(2) },
  {
    kind: 'unreadable',
    sink: 'file',
    count: 1,
    at: at(5),
    subject: 'journal.x',
    streamSequence: 17,
    why: 'not JSON',
  },
];

describe('status', () => {
  const nodes = Array.from({ length: 30 }, (_, index) =>
    nodeFacts({ name: `node-${index}`, uid: `uid-${index}`, unschedulable: index === 0 }),
  );
  const ledger = {
    version: 1,
    permits: [{ repairId, node: 'node-1', nodeUid: 'uid-1', grantedAt: at(0) }],
  } as const;
  test('in full', async () => {
    const view = {
      kind: 'Status',
      version: 1,
      header: header({ paused: { by: 'ada', reason: 'network work', at: at(10) } }),
      budgets: budgetsOf(nodes, ledger, engine()),
      repairs: repairsOf([logOf(migrating), logOf(escalated)]),
      handedOver: handedOverOf([handedOver, record()], engine(), now),
      notices: noticesOf(notices),
      dead: { count: 2, newestAt: at(30) },
      lag: { waiting: 12, inHand: 3 },
      processes: [
        { name: 'nats', pid: 11, alive: true, logFile: '/x' },
        { name: 'etcd', pid: 12, alive: false, logFile: '/y' },
      ],
      unread: [],
    } as const;
    await expectScreen('status', renderStatus(view, screen80, slipway));
  });

  test('with nothing but a broken hub', async () => {
    const view = {
      kind: 'Status',
      version: 1,
      header: { asOf: now, pauseUnknown: true, engineUnknown: true },
      budgets: undefined,
      repairs: undefined,
      handedOver: undefined,
      notices: undefined,
      dead: undefined,
      lag: undefined,
      processes: undefined,
      unread: [failure('hubUnreachable', 'Cannot reach NATS at nats://127.0.0.1:1: refused.')],
    } as const;
    await expectScreen('status-unread', renderStatus(view, screen80, slipway));
  });
});

describe('why', () => {
  const takeBack = takeBackCommands(sampleNode, 'kubectl --kubeconfig /home/ada/.kube/config');
  const known = (changes: Partial<WhyKnown>): WhyKnown => ({
    header: header(),
    node: sampleNode,
    facts: nodeFacts(),
    gone: false,
    record: undefined,
    engine: engine(),
    story: undefined,
    state: undefined,
    workflow: { kind: 'absent' },
    unread: [],
    ...changes,
  });

  test('an open repair that a budget holds up', async () => {
    const mark = JSON.stringify({ repair: repairId, at: at(2) });
    const facts = nodeFacts({
      unschedulable: true,
      unschedulableOwner: 'slipway-isolation',
      marks: { 'slipway.dev/isolation': mark },
    });
    const log = logOf(migrating);
    const view = whyView(
      known({ facts, record: record(), story: storyFrom(migrating), state: stateOf(log) }),
      takeBack,
    );
    await expectScreen('why-migrating', renderWhy(view, screen80, slipway));
  });

  test('a handed-over repair can be given back', () => {
    const story = storyFrom(escalated);
    const view = whyView(known({ record: handedOver, story }), takeBack);
    const lines = renderWhy(view, screen80, slipway);
    expect(lines).toContain(`slipway repairs rerun ${repairId} --reason 'because ...'`);
  });

  const screenOf = (changes: Partial<WhyKnown>): string =>
    renderWhy(whyView(known(changes), takeBack), screen80, slipway).join('\n');

  test('continue is offered only while the ladder has a rung left', () => {
    const story = storyFrom(escalated);
    expect(screenOf({ record: handedOver, story })).toContain(`repairs continue ${repairId}`);
    const done = screenOf({
      record: handedOver,
      story: { ...story, nextRung: story.ladder.length },
    });
    expect(done).not.toContain('repairs continue');
    expect(done).toContain(`repairs rerun ${repairId}`);
  });

  test('resume and unhold are offered only where they are needed first', () => {
    const story = storyFrom(escalated);
    const plain = screenOf({ record: handedOver, story });
    expect(plain).not.toMatch(/slipway (resume|unhold)/);
    const facts = nodeFacts({ marks: { 'slipway.dev/hold': 'mine' } });
    const paused = header({ paused: { reason: 'work' } });
    const held = screenOf({ record: handedOver, story, facts, header: paused });
    expect(held).toMatch(/slipway resume .*\nslipway unhold .*\nslipway repairs continue/);
  });

  test('what was ignored once does not explain a healthy node', () => {
    const well = record({
      reports: [],
      healthySince: at(9),
      ignored: { reason: 'unknown-health', since: at(1) },
    });
    expect(screenOf({ record: well })).toContain('[not-faulty]');
  });

  test('a report of an earlier boot is shown only where nothing newer was said', () => {
    const [old] = record().reports;
    const newer = { ...old!, bootId: 'later', verdict: 'healthy', sequence: 9 } as const;
    const facts = nodeFacts({ bootId: 'later' });
    const shown = screenOf({ record: record({ reports: [old!, newer] }), facts });
    expect(shown).toContain('Healthy: KernelDeadlock');
    expect(shown).not.toContain('earlier boot');
  });

  test('a healthy node is given nothing to take back', () => {
    expect(screenOf({})).not.toContain('kubectl');
    expect(screenOf({ record: handedOver, story: storyFrom(escalated) })).not.toContain('uncordon');
  });

  test('what was to come and is past is not announced', () => {
    const past = record({ ignored: { reason: 'holding-down', since: at(0) } });
    const policies = engine().policies.map((one) => ({ ...one, holdDownMs: 5_000 }));
    const told = screenOf({ record: past, engine: engine({ policies }) });
    expect(told).toContain('[holding-down]');
    expect(told).not.toContain('looks again');
  });

  test('a node that has been well for the soak time is nobody else’s, for why and for status', () => {
    const well = { ...handedOver, reports: [], healthySince: at(45) };
    const { soakMs } = engine().policies[0]!;
    const before = at(45) + soakMs - 1;
    expect(handedOverOf([well], engine(), before)).toHaveLength(1);
    expect(handedOverOf([well], engine(), before + 1)).toEqual([]);
    expect(handedOverOf([well], undefined, before + 1)).toHaveLength(1);
    const codes = (asOf: number): string[] =>
      whyView(
        known({ record: well, header: header({ asOf, engine: { holder: 'e', seenAt: asOf } }) }),
        [],
      ).why.map(({ code }) => code);
    expect(codes(before)).toEqual(['handed-over']);
    expect(codes(before + 1)).toEqual(['not-faulty']);
  });

  test('a ticket that has not arrived is said with its last answer', () => {
    const { undelivered } = noticesOf(notices);
    const view = whyView(known({ notices: undelivered }), takeBack);
    expect(view.thinks.slice(1)).toEqual([
      `The ticket of repair ${repairId} is not delivered to the webhook yet: for 40s, 4 tries, last answer: connect ECONNREFUSED 10.0.0.9:443; next try in 8s.`,
      'The ticket of repair r-other is not delivered to the webhook yet: for 10s, 0 tries.',
    ]);
    expect(view.notices).toEqual(undelivered);
    expect(whyView(known({ notices: [] }), takeBack)).not.toHaveProperty('notices');
  });

  test('a node on hold, its repair handed over, and the hub stopped', async () => {
    const hold = JSON.stringify({ by: 'ada', reason: 'new disk', at: at(50) });
    const workflow = {
      kind: 'found',
      repairId,
      running: false,
      status: 'TERMINATED',
      startedAt: at(0),
    } as const;
    const view = whyView(
      known({
        header: header({ engine: { holder: 'engine-a-1', seenAt: at(10) } }),
        facts: nodeFacts({ marks: { 'slipway.dev/hold': hold } }),
        workflow,
        unread: [failure('hubUnreachable', 'Cannot reach NATS at nats://10.0.0.2:4222: closed.')],
      }),
      takeBack,
    );
    await expectScreen('why-no-hub', renderWhy(view, screen80, slipway));
  });
});

describe('others', () => {
  test('faults list', async () => {
    const reports = [
      { event: faultEvent(), sequence: 1, storedAt: at(0) },
      { event: faultEvent({ check: 'Ready', verdict: 'unknown' }), sequence: 9, storedAt: at(5) },
    ];
    const view = { kind: 'FaultList', version: 1, header: header(), reports, unread: [] } as const;
    await expectScreen('faults', renderFaults(view, screen80));
  });

  test('dead list keeps control characters off the terminal', async () => {
    const letter = {
      cluster: fault.cluster,
      subject: 'fault.c.n.Check',
      sequence: 4,
      reason: 'malformed',
      detail: 'not JSON: Unexpected token at position 1',
      deadSequence: 1,
      storedAt: at(3),
      bytes: 12,
      text: '{\u001B[31mred\u0007',
      requeued: false,
    } as const;
    const letters = [letter, { ...letter, deadSequence: 2, requeued: true }];
    const view = { kind: 'DeadList', version: 1, header: header(), letters, unread: [] } as const;
    await expectScreen('dead', renderDead(view, screen80, slipway));
  });

  test('doctor', async () => {
    const found = findings({
      header: header(),
      engine: engine({ mode: 'observe', policies: [], tickets: [] }),
      kube: undefined,
      temporal: failure('temporalUnreachable', 'Temporal at 127.0.0.1:1: refused.'),
      hub: {
        kind: 'facts',
        serverVersion: '2.10.1',
        streams: [
          { name: 'FAULTS', replicas: 1, inFiles: false, protected: false, messages: 0 },
          { name: 'KV_guard', replicas: 3, inFiles: true, protected: false, messages: 0 },
        ],
        missing: ['JOURNAL'],
      },
      ledger: undefined,
      unreadable: ['ip-10-0-1-9', 'ip-10-0-1-11'],
      lag: { waiting: 5_000 },
      notices: noticesOf(notices),
      dead: 3,
      isLocal: false,
    });
    const view = { kind: 'Examination', version: 1, header: header(), findings: found } as const;
    await expectScreen('doctor', renderDoctor(view, screen80));
  });

  test('reports that came together and say the same are one line', () => {
    const healthy = (check: string, sequence: number): RepairEvent =>
      after(5, { kind: 'reported', report: report({ check, verdict: 'healthy', sequence }) });
    const faulty = after(5, { kind: 'reported', report: report() });
    const turns = [turn(at(4), healthy('Ready', 3), faulty, healthy('Disk', 4))];
    const lines = renderStory(storyFrom(turns), screen80, now);
    expect(lines.filter((line) => /: (healthy|faulty)$/.test(line))).toEqual([
      '  14:13:25Z  Ready, Disk: healthy',
      '  14:13:25Z  KernelDeadlock: faulty',
    ]);
  });

  test('a cancelled repair tells who and why', () => {
    const lines = renderStory(storyFrom([turn(at(1), cancel(1))]), screen80, now).join('\n');
    expect(lines).toContain('cancel requested by ada: my node');
  });
});
