/** What in a policy is allowed, and probably a mistake. */
import type { RepairPolicy } from './policy.ts';

/** The check whose fault means that the kubelet itself is not there. */
const kubeletCheck = 'Ready';

/** One sentence each, for a person who checks the policy before it is used. */
export function policyWarnings({ checks, migration, ladder }: RepairPolicy): readonly string[] {
  const escalates = checks.includes(kubeletCheck) && migration.onTimeout === 'escalate';
  if (!escalates || ladder.length === 0) return [];
  return [
    `with ${kubeletCheck} and onTimeout: escalate the ladder is never climbed while pods are left: those of a dead ` +
      'kubelet never leave; leave onTimeout out, or set by-kubelet or continue',
  ];
}
