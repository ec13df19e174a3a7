/** What in the policies is probably a mistake in this cluster, as it is now. */
import type { DispatchOptions } from '../dispatch/index.ts';
import { checkWarnings } from '../domain/conditions/warnings.ts';
import type { SeenNames } from '../domain/conditions/warnings.ts';
import { policyWarnings } from '../domain/repair/policyWarnings.ts';

export type PolicySurroundings = Pick<DispatchOptions, 'policies' | 'nodes' | 'records'>;

/** The most warnings that are told; the rest is told once these are mended. */
const most = 20;

export function warningsOf({ policies, nodes, records }: PolicySurroundings): readonly string[] {
  const seen = namesOf({ nodes, records });
  return policies
    .flatMap((policy) => [
      ...policyWarnings(policy).map((text) => `policy ${policy.name}: ${text}`),
      ...checkWarnings(policy, seen),
    ])
    .slice(0, most);
}

/** Undefined where there is no node yet: a cluster that is being made is no ground for a warning. */
function namesOf({
  nodes,
  records,
}: Pick<PolicySurroundings, 'nodes' | 'records'>): SeenNames | undefined {
  const all = nodes.list();
  if (all.length === 0) return undefined;
  const conditions = new Set(all.flatMap((node) => node.conditions.map(({ type }) => type)));
  const reports = records.all().flatMap((record) => record.reports);
  return { conditions, reported: new Set(reports.map(({ check }) => check)) };
}
