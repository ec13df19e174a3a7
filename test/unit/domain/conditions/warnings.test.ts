/** Names of checks that nobody will ever report. */
import { expect, test } from 'vitest';
import { conditionRules, rulesOf } from '../../../../domain/conditions/policy.ts';
import { checkWarnings } from '../../../../domain/conditions/warnings.ts';
import { policy } from '../../../support/given.ts';

const own = { type: 'AcceleratedHardwareReady', faultyWhen: 'False', beats: true } as const;
function about(checks: readonly string[], ...seen: [ReadonlySet<string>?, ReadonlySet<string>?]) {
  const [conditions, reported = new Set<string>()] = seen;
  const taught = policy({ checks, conditions: [own] });
  return checkWarnings(taught, conditions && { conditions, reported });
}

test('a slip of the pen is told, with what was meant', () => {
  expect(about(['KernelDeadlok'])).toEqual([
    'policy kernel: check KernelDeadlok: nobody knows how to read a condition of this name, so it is read from no ' +
      'node (did you mean KernelDeadlock?); to have it read, write { name: KernelDeadlok, faultyWhen: "True" }, or "False"',
  ]);
  expect(about(['readonlyfilesystem'])[0]).toContain('(did you mean ReadonlyFilesystem?)');
  expect(about(['SomethingElse'])[0]).not.toContain('did you mean');
});

test('what is known, or taught by the policy, is not', () => {
  expect(about(['KernelDeadlock', 'Ready', own.type])).toEqual([]);
});

test('a name that the cluster does not know is told', () => {
  const conditions = new Set(['Ready', 'KernelDeadlock']);
  expect(about(['KernelDeadlock'], conditions)).toEqual([]);
  expect(about([own.type], conditions)).toEqual([
    'policy kernel: check AcceleratedHardwareReady: no node carries this condition and no observer reports it',
  ]);
  expect(about(['Kaputt'], conditions)[0]).toMatch(/: nobody knows how to read/);
});

test('a condition that nodes carry and nobody taught is told how to teach', () => {
  const [warning] = about(['GpuHealthy'], new Set(['GpuHealthy']));
  expect(warning).toMatch(/: nodes carry it, but nobody knows how to read .*faultyWhen/);
});

test('what an observer reports is no condition, and needs none', () => {
  expect(about(['DiskLatency'], new Set(['Ready']), new Set(['DiskLatency']))).toEqual([]);
});

test('the rules of a policy are read beside those of the table', () => {
  const turned = { type: 'GpuLost', faultyWhen: 'True', beats: false } as const;
  const rules = rulesOf([policy({ conditions: [own, turned] }), policy()]);
  expect(rules.slice(0, conditionRules.length)).toEqual(conditionRules);
  expect(rules.slice(conditionRules.length)).toEqual([
    {
      type: own.type,
      beats: true,
      verdicts: { True: 'healthy', False: 'faulty', Unknown: 'unknown' },
    },
    {
      type: 'GpuLost',
      beats: false,
      verdicts: { True: 'faulty', False: 'healthy', Unknown: 'unknown' },
    },
  ]);
});
