/** Which changes of conditions are news. Who sends them, and that none is lost, is in test/unit/probes. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decide, memoryOf } from '../../../../domain/conditions/decide.ts';
import { conditionRules } from '../../../../domain/conditions/policy.ts';
import type { NodeMemory, ReportDraft } from '../../../../domain/conditions/types.ts';
import type { ConditionStatus, NodeCondition, NodeFacts } from '../../../../domain/node.ts';

function condition(type: string, status: ConditionStatus, heartbeatAt?: number): NodeCondition {
  return {
    type,
    status,
    reason: `${type}Is${status}`,
    message: 'as seen',
    ...(heartbeatAt !== undefined && { heartbeatAt }),
  };
}

function node(conditions: readonly NodeCondition[], other: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: 'n1',
    uid: 'u1',
    resourceVersion: '100',
    bootId: 'b1',
    systemUuid: 's1',
    unschedulable: false,
    ready: 'True',
    conditions,
    marks: {},
    taints: [],
    controlPlane: false,
    deleting: false,
    ...other,
  };
}

/** Looks at each of the nodes in turn and returns what each look reported. */
function looks(...seen: readonly NodeFacts[]): readonly (readonly ReportDraft[])[] {
  let memory: NodeMemory | undefined;
  return seen.map((facts) => {
    const sighting = decide(memory, facts);
    memory = sighting.memory;
    return sighting.reports;
  });
}

function told(reports: readonly ReportDraft[] | undefined) {
  return reports?.map(({ check, verdict, bootId }) => `${check} ${verdict} ${bootId}`);
}

const well = [condition('Ready', 'True'), condition('KernelDeadlock', 'False')];
const stuck = [condition('Ready', 'True'), condition('KernelDeadlock', 'True')];
const broken = [condition('Ready', 'False'), condition('KernelDeadlock', 'True')];

describe('the table', () => {
  test.each(conditionRules.map((rule) => [rule.type, rule] as const))('%s', (type, rule) => {
    const good = type === 'Ready' ? 'True' : 'False';
    const bad = type === 'Ready' ? 'False' : 'True';
    expect(rule.verdicts[good]).toBe('healthy');
    expect(rule.verdicts[bad]).toBe('faulty');
    // Only a kubelet's own silence is a fault; a silent writer proves nothing.
    expect(rule.verdicts.Unknown).toBe(type === 'Ready' ? 'faulty' : 'unknown');
  });

  it('names what kubelets, networks and node-problem-detector write, each once', () => {
    expect(conditionRules.map(({ type }) => type)).toEqual([
      'Ready',
      'MemoryPressure',
      'DiskPressure',
      'PIDPressure',
      'NetworkUnavailable',
      'KernelDeadlock',
      'ReadonlyFilesystem',
      'XfsShutdown',
      'CperHardwareErrorFatal',
      'DiskBadBlock',
      'FrequentUnregisterNetDevice',
      'FrequentKubeletRestart',
      'FrequentDockerRestart',
      'FrequentContainerdRestart',
      'CorruptDockerOverlay2',
      'KubeletUnhealthy',
      'KubeProxyUnhealthy',
      'ContainerRuntimeUnhealthy',
      'NTPProblem',
    ]);
  });
});

describe('reports', () => {
  it('are made of changes alone', () => {
    const [first, fault, same, healed, stillWell, again] = looks(
      node(well),
      node(stuck, { resourceVersion: '102' }),
      node(stuck, { resourceVersion: '103' }),
      node(well, { resourceVersion: '104' }),
      node(well, { resourceVersion: '105' }),
      node(stuck, { resourceVersion: '106' }),
    );
    expect(first).toEqual([]);
    expect(fault).toEqual([
      {
        node: 'n1',
        nodeUid: 'u1',
        bootId: 'b1',
        check: 'KernelDeadlock',
        verdict: 'faulty',
        reason: 'KernelDeadlockIsTrue',
        message: 'as seen',
        counter: 102,
      },
    ]);
    expect(same).toEqual([]);
    expect(told(healed)).toEqual(['KernelDeadlock healthy b1']);
    expect(healed?.[0]).toMatchObject({ reason: 'KernelDeadlockIsFalse', counter: 104 });
    expect(stillWell).toEqual([]);
    expect(told(again)).toEqual(['KernelDeadlock faulty b1']);
  });

  const firstSights = conditionRules.flatMap(({ type, verdicts }) =>
    (['True', 'False', 'Unknown'] as const).map(
      (status) => [type, status, verdicts[status]] as const,
    ),
  );
  test.each(firstSights)(
    'at first sight of %s %s (%s) are of faults alone',
    (type, status, verdict) => {
      const [first, again] = looks(
        node([condition(type, status)]),
        node([condition(type, status)]),
      );
      expect(told(first)).toEqual(verdict === 'faulty' ? [`${type} faulty b1`] : []);
      expect(again).toEqual([]);
    },
  );

  it('say unknown of a check once it was in doubt', () => {
    const silent = [condition('KernelDeadlock', 'Unknown')];
    const [first, , fault, unknown] = looks(node(silent), node(well), node(stuck), node(silent));
    expect(first).toEqual([]);
    expect(told(fault)).toEqual(['KernelDeadlock faulty b1']);
    expect(told(unknown)).toEqual(['KernelDeadlock unknown b1']);
  });

  it('leave out conditions that nobody taught us', () => {
    expect(looks(node([condition('EvenOdder', 'True')]))).toEqual([[]]);
  });

  it('are made of a node only once it has told its boot', () => {
    const [before, after] = looks(node(broken, { bootId: '' }), node(broken));
    expect(before).toEqual([]);
    expect(told(after)).toEqual(['Ready faulty b1', 'KernelDeadlock faulty b1']);
  });

  it('are bounded in length', () => {
    const long = {
      ...condition('Ready', 'False'),
      reason: 'r'.repeat(999),
      message: 'm'.repeat(9999),
    };
    const [report] = looks(node([long])).flat();
    expect(report?.reason).toHaveLength(128);
    expect(report?.message).toHaveLength(1024);
  });

  it('go on where an earlier process stopped', () => {
    const report = {
      check: 'KernelDeadlock',
      bootId: 'b1',
      verdict: 'faulty',
      counter: 90,
    } as const;
    const known = memoryOf('u1', [report]);
    expect(told(decide(known, node(stuck)).reports)).toEqual([]);
    expect(told(decide(known, node(broken)).reports)).toEqual(['Ready faulty b1']);
    expect(told(decide(known, node(well)).reports)).toEqual(['KernelDeadlock healthy b1']);
  });

  it('call a condition that was removed unknown, once', () => {
    const without = [condition('Ready', 'True')];
    const [, gone, still] = looks(node(stuck), node(without), node(without));
    expect(told(gone)).toEqual(['KernelDeadlock unknown b1']);
    expect(gone?.[0]).toMatchObject({
      reason: 'ConditionRemoved',
      message: 'The node no longer carries this condition.',
    });
    expect(still).toEqual([]);
  });

  it('know nothing of another node under the same name', () => {
    const [, replaced] = looks(node(broken), node(stuck, { uid: 'u2' }));
    expect(told(replaced)).toEqual(['KernelDeadlock faulty b1']);
  });
});

describe('the counter', () => {
  it('is the resource version, and grows even if that went back', () => {
    const [fault, healed] = looks(
      node(stuck, { resourceVersion: '500' }),
      node(well, { resourceVersion: '20' }),
    );
    expect(fault?.[0]?.counter).toBe(500);
    expect(healed?.[0]?.counter).toBe(501);
  });

  it('starts anew with another boot', () => {
    const [, rebooted] = looks(
      node(stuck, { resourceVersion: '500' }),
      node(stuck, { resourceVersion: '20', bootId: 'b2' }),
    );
    expect(rebooted?.[0]?.counter).toBe(20);
  });

  it('bears a resource version that is no number', () => {
    const [first] = looks(node(stuck, { resourceVersion: 'opaque' }));
    expect(first?.[0]?.counter).toBe(0);
  });
});

describe('another boot', () => {
  /** A fault of the first boot, so that both checks are to be told of again in the second. */
  const doubted = (readyAt?: number, deadlockAt?: number) =>
    node([condition('Ready', 'False', readyAt), condition('KernelDeadlock', 'True', deadlockAt)]);

  const booted = (readyAt?: number, deadlockAt?: number) =>
    node([condition('Ready', 'True', readyAt), condition('KernelDeadlock', 'False', deadlockAt)], {
      bootId: 'b2',
    });

  it('has every check that was ever told of told again, and no other', () => {
    const both = [...stuck, condition('ReadonlyFilesystem', 'False')];
    const [, rebooted, same] = looks(
      node(both),
      node(both, { bootId: 'b2' }),
      node(both, { bootId: 'b2' }),
    );
    expect(told(rebooted)).toEqual(['KernelDeadlock faulty b2']);
    expect(same).toEqual([]);
  });

  it('has a recovery told again, in the boot that it holds for', () => {
    const [, healed, rebooted] = looks(node(stuck), node(well), node(well, { bootId: 'b2' }));
    expect(told(healed)).toEqual(['KernelDeadlock healthy b1']);
    expect(told(rebooted)).toEqual(['KernelDeadlock healthy b2']);
  });

  it('is no news of a node that was never in doubt', () => {
    expect(looks(node(well), node(well, { bootId: 'b2' }))).toEqual([[], []]);
  });

  it('has a removed condition told again as unknown', () => {
    const [, rebooted] = looks(node(stuck), node([condition('Ready', 'True')], { bootId: 'b2' }));
    expect(told(rebooted)).toEqual(['KernelDeadlock unknown b2']);
  });

  it('does not inherit what nobody has confirmed since', () => {
    const [, early, confirmed] = looks(doubted(10, 10), booted(50, 10), booted(50, 51));
    expect(told(early)).toEqual(['Ready healthy b2', 'KernelDeadlock unknown b2']);
    expect(early?.[1]).toMatchObject({
      reason: 'NotReportedSinceBoot',
      message: 'Still False from the boot before: as seen',
    });
    expect(told(confirmed)).toEqual(['KernelDeadlock healthy b2']);
  });

  it('takes no left-over for a fault that was never told of', () => {
    const leftOver = node(
      [condition('Ready', 'True', 50), condition('KernelDeadlock', 'True', 10)],
      { bootId: 'b2' },
    );
    const known = decide(undefined, node([condition('KernelDeadlock', 'False', 10)])).memory;
    expect(decide(known, leftOver).reports).toEqual([]);
  });

  it('believes a writer that spoke before the kubelet did once it speaks again', () => {
    const [, early, later] = looks(doubted(10, 10), booted(50, 40), booted(50, 60));
    expect(told(early)).toContain('KernelDeadlock unknown b2');
    expect(told(later)).toEqual(['KernelDeadlock healthy b2']);
  });

  it('is known to an engine that starts while the machine boots', () => {
    const report = { check: 'KernelDeadlock', verdict: 'faulty', counter: 9 } as const;
    const seen = { bootId: 'b1', firstReadyAt: 0, beats: { KernelDeadlock: 10 }, beatsBefore: {} };
    const stuckStill = (readyAt: number) =>
      node([condition('Ready', 'True', readyAt), condition('KernelDeadlock', 'True', 10)], {
        bootId: 'b2',
      });
    const before = memoryOf('u1', [{ ...report, bootId: 'b1' }], seen);
    expect(told(decide(before, stuckStill(50)).reports)).toEqual(['KernelDeadlock unknown b2']);
    // Also where the kubelet's own words came through the reboot untouched.
    expect(told(decide(before, stuckStill(5)).reports)).toEqual(['KernelDeadlock unknown b2']);
    const unseen = memoryOf('u1', [{ ...report, bootId: 'b1' }]);
    expect(told(decide(unseen, stuckStill(50)).reports)).toEqual(['KernelDeadlock unknown b2']);
    const told2 = { ...report, verdict: 'unknown' as const, bootId: 'b2' };
    const during = memoryOf('u1', [told2], { ...seen, bootId: 'b2', firstReadyAt: 50 });
    expect(decide(during, stuckStill(90)).reports).toEqual([]);
  });

  it('believes a condition of the very second of the boot, then and later', () => {
    const [, rebooted, later] = looks(doubted(10, 12), booted(12, 12), booted(300, 12));
    expect(told(rebooted)).toContain('KernelDeadlock healthy b2');
    expect(later).toEqual([]);
  });

  it('believes what changed since the boot before where Ready carries no time', () => {
    const [, same, other] = looks(
      doubted(undefined, 12),
      booted(undefined, 12),
      booted(undefined, 13),
    );
    expect(told(same)).toContain('KernelDeadlock unknown b2');
    expect(told(other)).toEqual(['KernelDeadlock healthy b2']);
  });
});

describe('evidence has an age', () => {
  const minute = 60_000;
  const aged = (type: string, status: ConditionStatus, ageMs: number | undefined) => {
    const readyAt = 100_000 * minute;
    const heartbeatAt = ageMs === undefined ? undefined : readyAt - ageMs;
    return node([condition('Ready', 'True', readyAt), condition(type, status, heartbeatAt)]);
  };

  it('of up to half an hour behind Ready', () => {
    expect(told(looks(aged('KernelDeadlock', 'True', 30 * minute))[0])).toEqual([
      'KernelDeadlock faulty b1',
    ]);
    expect(looks(aged('KernelDeadlock', 'True', 30 * minute + 1_000))).toEqual([[]]);
    expect(looks(aged('KernelDeadlock', 'True', 17 * 24 * 60 * minute))).toEqual([[]]);
  });

  it('and is none without a heartbeat, or once its writer is silent for too long', () => {
    expect(looks(aged('KernelDeadlock', 'True', undefined))).toEqual([[]]);
    const [, silent, alive] = looks(
      aged('KernelDeadlock', 'True', 0),
      aged('KernelDeadlock', 'True', 45 * minute),
      aged('KernelDeadlock', 'True', minute),
    );
    expect(told(silent)).toEqual(['KernelDeadlock unknown b1']);
    expect(silent?.[0]).toMatchObject({
      reason: 'NotConfirmed',
      message: 'Says True, which its writer has not confirmed for 45 minutes: as seen',
    });
    expect(told(alive)).toEqual(['KernelDeadlock faulty b1']);
    const [, untimed] = looks(
      aged('KernelDeadlock', 'True', 0),
      aged('KernelDeadlock', 'True', undefined),
    );
    expect(untimed?.[0]?.message).toMatch(/^Says True, .* not confirmed at any time: /);
  });

  it('except where nobody ever confirms it', () => {
    expect(told(looks(aged('NetworkUnavailable', 'True', 99 * 60 * minute))[0])).toEqual([
      'NetworkUnavailable faulty b1',
    ]);
  });
});

describe('whatever is seen', () => {
  type Shown = Readonly<Record<string, ConditionStatus>>;

  /** Conditions carry no time here, so that each is believed and the table alone says what a node shows. */
  const factsOf = ({ shown, ...other }: { shown: Shown; uid: string; bootId: string }): NodeFacts =>
    node(
      Object.entries(shown).map(([type, status]) => condition(type, status)),
      other,
    );

  const checks = ['Ready', 'KernelDeadlock'];
  const status = fc.constantFrom<ConditionStatus>('True', 'False', 'Unknown');
  const history = fc.array(
    fc.record({
      uid: fc.constantFrom('u1', 'u2'),
      bootId: fc.constantFrom('b1', 'b2', 'b3'),
      shown: fc.record({ Ready: status, KernelDeadlock: status }, { requiredKeys: [] }),
      resourceVersion: fc.nat(50).map(String),
    }),
    { minLength: 1 },
  );

  const verdictShown = (facts: NodeFacts, check: string) => {
    const shown = facts.conditions.find(({ type }) => type === check);
    const rule = conditionRules.find(({ type }) => type === check);
    return shown ? rule?.verdicts[shown.status] : 'unknown';
  };

  const about = ({ nodeUid, bootId, verdict }: ReportDraft) => ({ nodeUid, bootId, verdict });

  /** The looks since the name was last given to another node, and what they had reported. */
  const lifeOf = (sequence: Parameters<typeof factsOf>[0][]) => {
    const all = sequence.map(factsOf);
    const nodes = all.slice(all.findLastIndex(({ uid }) => uid !== all.at(-1)?.uid) + 1);
    const reports = looks(...all)
      .slice(-nodes.length)
      .flat();
    return { nodes, reportsOf: (name: string) => reports.filter(({ check }) => check === name) };
  };

  test.each(checks)(
    'the newest report of %s, if it ever was faulty, says what the node shows',
    (check) => {
      fc.assert(
        fc.property(history, (sequence) => {
          const { nodes, reportsOf } = lifeOf(sequence);
          const { uid: nodeUid, bootId } = nodes.at(-1)!;
          const verdicts = nodes.map((facts) => verdictShown(facts, check));
          const shown = { nodeUid, bootId, verdict: verdicts.at(-1) };
          const expected = verdicts.includes('faulty') ? [shown] : [];
          expect(reportsOf(check).slice(-1).map(about)).toEqual(expected);
        }),
      );
    },
  );

  test.each(checks)(
    'the first report of %s is of a fault, and each further one is news',
    (check) => {
      fc.assert(
        fc.property(history, (sequence) => {
          const reports = lifeOf(sequence).reportsOf(check);
          expect(reports.slice(0, 1).filter(({ verdict }) => verdict !== 'faulty')).toEqual([]);
          const pairs = reports.slice(1).map((next, at) => ({ next, before: reports[at]! }));
          const ofOneBoot = pairs.filter(({ next, before }) => next.bootId === before.bootId);
          expect(ofOneBoot.filter(({ next, before }) => next.verdict === before.verdict)).toEqual(
            [],
          );
          expect(ofOneBoot.filter(({ next, before }) => next.counter <= before.counter)).toEqual(
            [],
          );
        }),
      );
    },
  );
});
