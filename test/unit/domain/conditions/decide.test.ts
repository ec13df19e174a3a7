/** Which changes of conditions are news. Who sends them, and that none is lost, is in test/unit/probes. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decide, memoryOf } from '../../../../domain/conditions/decide.ts';
import { conditionRules } from '../../../../domain/conditions/policy.ts';
import type { NodeMemory, ReportDraft } from '../../../../domain/conditions/types.ts';
import type { ConditionStatus, NodeCondition, NodeFacts } from '../../../../domain/node.ts';

const condition = (type: string, status: ConditionStatus, heartbeatAt?: number): NodeCondition => ({
  type,
  status,
  reason: `${type}Is${status}`,
  message: 'as seen',
  ...(heartbeatAt !== undefined && { heartbeatAt }),
});

const node = (conditions: readonly NodeCondition[], other: Partial<NodeFacts> = {}): NodeFacts => ({
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
});

/** Looks at each of the nodes in turn and returns what each look reported. */
const looks = (...seen: readonly NodeFacts[]): readonly (readonly ReportDraft[])[] => {
  let memory: NodeMemory | undefined;
  return seen.map((facts) => {
    const sighting = decide(memory, facts);
    memory = sighting.memory;
    return sighting.reports;
  });
};

const told = (reports: readonly ReportDraft[] | undefined) =>
  reports?.map(({ check, verdict, bootId }) => `${check} ${verdict} ${bootId}`);

const well = [condition('Ready', 'True'), condition('KernelDeadlock', 'False')];
const stuck = [condition('Ready', 'True'), condition('KernelDeadlock', 'True')];

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
  it('are made of the first sight, then of changes alone', () => {
    const [first, same, fault, healed] = looks(
      node(well),
      node(well, { resourceVersion: '101' }),
      node(stuck, { resourceVersion: '102' }),
      node(well, { resourceVersion: '103' }),
    );
    expect(told(first)).toEqual(['Ready healthy b1', 'KernelDeadlock healthy b1']);
    expect(same).toEqual([]);
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
    expect(told(healed)).toEqual(['KernelDeadlock healthy b1']);
  });

  it('leave out conditions that nobody taught us', () => {
    expect(looks(node([condition('EvenOdder', 'True')]))).toEqual([[]]);
  });

  it('are made of a node only once it has told its boot', () => {
    const [before, after] = looks(node(well, { bootId: '' }), node(well));
    expect(before).toEqual([]);
    expect(after).toHaveLength(2);
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
    const { reports } = decide(memoryOf('u1', [report]), node(stuck));
    expect(told(reports)).toEqual(['Ready healthy b1']);
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
    const [, replaced] = looks(node(stuck), node(stuck, { uid: 'u2' }));
    expect(told(replaced)).toEqual(['Ready healthy b1', 'KernelDeadlock faulty b1']);
  });
});

describe('the counter', () => {
  it('is the resource version, and grows even if that went back', () => {
    const [, fault] = looks(
      node(well, { resourceVersion: '500' }),
      node(stuck, { resourceVersion: '20' }),
    );
    expect(fault?.[0]?.counter).toBe(501);
  });

  it('bears a resource version that is no number', () => {
    const [first] = looks(node(well, { resourceVersion: 'opaque' }));
    expect(first?.[0]?.counter).toBe(0);
  });
});

describe('another boot', () => {
  it('has every check reported again', () => {
    const [, rebooted] = looks(node(stuck), node(stuck, { bootId: 'b2' }));
    expect(told(rebooted)).toEqual(['Ready healthy b2', 'KernelDeadlock faulty b2']);
  });

  it('does not inherit what nobody has confirmed since', () => {
    const [, early, confirmed] = looks(
      node([condition('Ready', 'True', 10), condition('KernelDeadlock', 'False', 10)]),
      node([condition('Ready', 'True', 50), condition('KernelDeadlock', 'False', 10)], {
        bootId: 'b2',
      }),
      node([condition('Ready', 'True', 50), condition('KernelDeadlock', 'False', 51)], {
        bootId: 'b2',
      }),
    );
    expect(told(early)).toEqual(['Ready healthy b2', 'KernelDeadlock unknown b2']);
    expect(early?.[1]).toMatchObject({
      reason: 'NotReportedSinceBoot',
      message: 'Still False from the boot before: as seen',
    });
    expect(told(confirmed)).toEqual(['KernelDeadlock healthy b2']);
  });

  it('believes a writer that spoke before the kubelet did', () => {
    const [, booted] = looks(
      node([condition('Ready', 'True', 10), condition('KernelDeadlock', 'False', 10)]),
      node([condition('Ready', 'True', 50), condition('KernelDeadlock', 'False', 40)], {
        bootId: 'b2',
      }),
    );
    expect(told(booted)).toContain('KernelDeadlock healthy b2');
  });

  it('believes conditions that carry no time', () => {
    const [, untimed] = looks(
      node([condition('Ready', 'True', 10), condition('KernelDeadlock', 'False')]),
      node([condition('Ready', 'True', 50), condition('KernelDeadlock', 'False')], {
        bootId: 'b2',
      }),
    );
    expect(told(untimed)).toContain('KernelDeadlock healthy b2');
  });

  it('believes a condition of the very second of the boot, then and later', () => {
    const deadlock = condition('KernelDeadlock', 'False', 12);
    const [, booted, later] = looks(
      node([condition('Ready', 'True', 10), deadlock]),
      node([condition('Ready', 'True', 12), deadlock], { bootId: 'b2' }),
      node([condition('Ready', 'True', 300), deadlock], { bootId: 'b2' }),
    );
    expect(told(booted)).toContain('KernelDeadlock healthy b2');
    expect(later).toEqual([]);
  });

  it('believes everything where Ready carries no time', () => {
    const deadlock = condition('KernelDeadlock', 'False', 12);
    const [, booted] = looks(
      node([condition('Ready', 'True'), deadlock]),
      node([condition('Ready', 'True'), deadlock], { bootId: 'b2' }),
    );
    expect(told(booted)).toContain('KernelDeadlock healthy b2');
  });
});

it('whatever is seen, the last report of each check says what the node shows', () => {
  const seen = fc.record({
    uid: fc.constantFrom('u1', 'u2'),
    bootId: fc.constantFrom('b1', 'b2', 'b3'),
    status: fc.constantFrom<ConditionStatus>('True', 'False', 'Unknown'),
    resourceVersion: fc.nat(50).map(String),
  });
  fc.assert(
    fc.property(fc.array(seen, { minLength: 1 }), (sequence) => {
      const nodes = sequence.map(({ status, ...other }) =>
        node([condition('Ready', status)], other),
      );
      const reports = looks(...nodes).flat();
      const last = nodes.at(-1);
      const verdict = last?.conditions[0]?.status === 'True' ? 'healthy' : 'faulty';
      expect(reports.at(-1)).toMatchObject({ nodeUid: last?.uid, bootId: last?.bootId, verdict });
      const pairs = reports.slice(1).map((next, at) => ({ next, before: reports[at] }));
      const ofOneBoot = pairs.filter(
        ({ next, before }) => next.nodeUid === before?.nodeUid && next.bootId === before.bootId,
      );
      expect(ofOneBoot.filter(({ next, before }) => next.counter <= before!.counter)).toEqual([]);
      expect(ofOneBoot.filter(({ next, before }) => next.verdict === before!.verdict)).toEqual([]);
    }),
  );
});
