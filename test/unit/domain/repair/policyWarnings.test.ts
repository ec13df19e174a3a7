import { expect, test } from 'vitest';
import type { MigrationRules } from '../../../../domain/repair/policy.ts';
import { policyWarnings } from '../../../../domain/repair/policyWarnings.ts';
import { minute, policy } from '../../../support/given.ts';

function migration(onTimeout: MigrationRules['onTimeout']): MigrationRules {
  return {
    timeoutMs: minute,
    onTimeout,
  };
}

test('a dead kubelet whose pods are waited for is warned of', () => {
  const checks = ['KernelDeadlock', 'Ready'];
  expect(policyWarnings(policy({ checks, migration: migration('escalate') }))).toEqual([
    expect.stringContaining('onTimeout: escalate'),
  ]);
  expect(policyWarnings(policy({ checks, migration: migration('by-kubelet') }))).toEqual([]);
  expect(policyWarnings(policy({ checks, migration: migration('continue') }))).toEqual([]);
});

test('other checks, and policies that only isolate, are not', () => {
  expect(policyWarnings(policy({ migration: migration('escalate') }))).toEqual([]);
  const isolating = policy({ checks: ['Ready'], migration: migration('escalate'), ladder: [] });
  expect(policyWarnings(isolating)).toEqual([]);
});
