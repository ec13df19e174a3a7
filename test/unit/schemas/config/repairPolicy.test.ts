import { describe, expect, it } from 'vitest';
import { policyDefaults } from '../../../../domain/repair/policy.ts';
import { parseRepairPolicies } from '../../../../schemas/config/repairPolicy.ts';

const minimal = `apiVersion: slipway.dev/v1
kind: RepairPolicy
metadata:
  name: kernel
spec:
  checks: [KernelDeadlock]
  ladder:
    - name: reboot
      driver: redfish
      action: GracefulRestart
    - name: power-cycle
      driver: redfish
      action: PowerCycle
`;

function mistakes(...texts: string[]): string[] {
  const read = parse(...texts);
  return read.ok ? [] : read.why.split('\n');
}

function parse(...texts: string[]) {
  return parseRepairPolicies(texts.map((text, index) => ({ path: `p${index}.yaml`, text })));
}

describe('a repair policy', () => {
  it('that says little gets the defaults of the domain', () => {
    const rung = { proof: 'boot', ...policyDefaults.rung };
    const { guard, touch, migration, relapse, soakMs, holdDownMs } = policyDefaults;
    expect(parse(minimal)).toEqual({
      ok: true,
      value: [
        {
          name: 'kernel',
          checks: ['KernelDeadlock'],
          conditions: [],
          holdDownMs,
          soakMs,
          guard,
          touch,
          migration,
          relapse,
          ladder: [
            { name: 'reboot', driver: 'redfish', action: 'GracefulRestart', ...rung },
            { name: 'power-cycle', driver: 'redfish', action: 'PowerCycle', ...rung },
          ],
        },
      ],
    });
  });

  it('for Ready waits longer before it believes the fault', () => {
    const read = parse(minimal.replace('KernelDeadlock', 'Ready'));
    expect(read.ok && read.value[0]!.holdDownMs).toBe(policyDefaults.readyHoldDownMs);
  });

  it('may teach how conditions of its own are read, and turns none around that are known', () => {
    const taught = (checks: string) => parse(minimal.replace('[KernelDeadlock]', checks));
    const read = taught(
      '[KernelDeadlock, { name: AcceleratedHardwareReady, faultyWhen: False }, ' +
        '{ name: GpuLost, faultyWhen: "True", confirmed: false }, { name: DiskPressure, faultyWhen: "True" }]',
    );
    expect(read.ok && read.value[0]).toMatchObject({
      checks: ['KernelDeadlock', 'AcceleratedHardwareReady', 'GpuLost', 'DiskPressure'],
      conditions: [
        { type: 'AcceleratedHardwareReady', faultyWhen: 'False', beats: true },
        { type: 'GpuLost', faultyWhen: 'True', beats: false },
      ],
    });
    const turned = minimal.replace('[KernelDeadlock]', '[{ name: Ready, faultyWhen: "True" }]');
    expect(mistakes(turned)).toEqual([
      'p0.yaml:6: spec.checks[0].faultyWhen: Ready is known, and is faulty when False; write its name alone',
    ]);
    const bare = minimal.replace('[KernelDeadlock]', '[{ name: GpuLost }]');
    expect(mistakes(bare)[0]).toContain('spec.checks[0]');
  });

  it('may say everything, in durations as people write them', () => {
    const full = `${minimal.replace(
      'spec:\n',
      `spec:
  holdDown: 90s
  soak: 1.5m
  touch: { controlPlane: true, cordonedByOther: true, disruptedByAutoscaler: true }
  guard: { maxUnavailablePercent: 20, maxUnavailableNodes: 3, allowControlPlane: true, allowSmallClusters: true }
  migration: { timeout: 2h, onTimeout: continue, barePods: evict, doNotDisrupt: ignore, localData: refuse }
  relapse: { window: 1h, escalateAfter: 5, within: 2h }
`,
    )}      attempts: 2
      callTimeout: 500ms
      bootWindow: 20m
      verification: { timeout: 3m, soak: 1m }
`;
    expect(parse(full)).toMatchObject({
      ok: true,
      value: [
        {
          holdDownMs: 90_000,
          soakMs: 90_000,
          guard: { maxUnavailablePercent: 20, maxUnavailableNodes: 3 },
          migration: {
            timeoutMs: 7_200_000,
            onTimeout: 'continue',
            barePods: 'evict',
            doNotDisrupt: 'ignore',
            localData: 'refuse',
          },
          relapse: { windowMs: 3_600_000, escalateAfter: 5, withinMs: 7_200_000 },
          ladder: [
            {},
            {
              attempts: 2,
              callTimeoutMs: 500,
              bootWindowMs: 1_200_000,
              verification: { timeoutMs: 180_000, soakMs: 60_000 },
            },
          ],
        },
      ],
    });
  });

  it.each<[string, string, string]>([
    ['  ladder:', '  lader:', 'p0.yaml:6: spec: unknown key lader; known here: checks, holdDown'],
    [
      '      action: Grace',
      '      attempst: 2\n      action: Grace',
      'p0.yaml:8: spec.ladder[0]: unknown key attempst',
    ],
    ['GracefulRestart', 'Nmi', 'p0.yaml:10: spec.ladder[0].action: '],
    ['driver: redfish', 'driver: ipmi', 'p0.yaml:9: spec.ladder[0].driver: driver must be redfish'],
    ['driver: redfish', 'driver: 7', 'p0.yaml:9: spec.ladder[0].driver: driver must be redfish'],
    ['driver: redfish', 'driver: ticket', 'p0.yaml:9: spec.ladder[0].driver: a ticket is no rung'],
    ['- name: reboot', '- 7\n    - name: reboot', 'p0.yaml:8: spec.ladder[0]: '],
    [
      'name: power-cycle',
      'name: reboot',
      'p0.yaml:11: spec.ladder[1].name: a second rung is named reboot',
    ],
    ['spec:\n', 'spec:\n  soak: 90\n', 'p0.yaml:6: spec.soak: must be a duration'],
    ['spec:\n', 'spec:\n  soak: 90 sec\n', 'p0.yaml:6: spec.soak: must be a duration such as'],
    ['spec:\n', 'spec:\n  holdDown: 8761h\n', 'p0.yaml:6: spec.holdDown: must be at most 8760h'],
    [
      'spec:\n',
      `spec:\n  holdDown: ${'9'.repeat(400)}h\n`,
      'p0.yaml:6: spec.holdDown: must be at most 8760h',
    ],
    [
      'driver: redfish',
      'driver: redfish\n      callTimeout: 2h',
      'callTimeout: must be longer than 0',
    ],
    [
      'driver: redfish',
      'driver: redfish\n      callTimeout: 0s',
      'callTimeout: must be longer than 0',
    ],
    ['[KernelDeadlock]', '[]', 'p0.yaml:6: spec.checks: name at least one check'],
    ['name: kernel', 'name: Kernel', 'p0.yaml:4: metadata.name: must be lower-case'],
    ['slipway.dev/v1', 'slipway.dev/v2', 'p0.yaml:1: apiVersion: must be slipway.dev/v1'],
    [
      'driver: redfish',
      'driver: redfish\n      verification: {timeout: 1m}',
      'timeout must be longer than soak',
    ],
    ['driver: redfish', 'driver: [redfish', 'p0.yaml:'],
  ])('with %j as %j is refused at its place', (from, to, why) => {
    expect(mistakes(minimal.replace(from, to)).join('\n')).toContain(why);
  });

  it('may share a file, but neither a name nor a check, with another', () => {
    const other = minimal.replace('kernel', 'disk').replace('KernelDeadlock', 'DiskPressure');
    const both = parse(`${minimal}---\n${other}`);
    expect(both.ok && both.value.map(({ name }) => name)).toEqual(['kernel', 'disk']);
    expect(mistakes(minimal, minimal.replace('kernel', 'disk'))).toEqual([
      'p1.yaml:6: spec.checks[0]: KernelDeadlock is already named by policy kernel; keep it in one',
    ]);
    expect(mistakes(minimal, other.replace('disk', 'kernel'))).toEqual([
      'p1.yaml:4: a policy kernel is also at p0.yaml:4; rename one',
    ]);
  });

  it('is missed in an empty file', () => {
    expect(mistakes('# nothing\n')).toEqual([
      'p0.yaml: holds no RepairPolicy; add one or remove it',
    ]);
  });

  it('with a mistake refuses all policies and tells every mistake', () => {
    const broken = minimal.replace('kernel', 'X').replace('redfish', 'y');
    expect(mistakes(minimal, broken).map((line) => line.split(':')[0])).toEqual([
      'p1.yaml',
      'p1.yaml',
    ]);
  });
});
