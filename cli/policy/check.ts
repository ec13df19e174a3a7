/** `slipway policy check FILE...`: whether policies are right, before any engine reads them. */
import { checkWarnings, type SeenNames } from '../../domain/conditions/warnings.ts';
import type { RepairPolicy } from '../../domain/repair/policy.ts';
import { policyWarnings } from '../../domain/repair/policyWarnings.ts';
import { listNodes } from '../../kube/index.ts';
import { failure, isFailure, showFailure, type Failure } from '../failure.ts';
import { exits, type Exit, type Invocation } from '../io.ts';
import { kubeFailure } from '../kubeRefusal.ts';
import { withSources } from '../perform.ts';
import { ConfigMistake, loadPolicies } from '../policyFiles.ts';
import { readRecords } from '../../views/records.ts';
import { fromHub } from '../reads.ts';
import { show } from '../show.ts';
import type { Sources } from '../sources.ts';

export type PolicyCheckView = {
  readonly kind: 'PolicyCheck';
  readonly version: 1;
  readonly policies: readonly { readonly name: string; readonly checks: readonly string[] }[];
  readonly warnings: readonly string[];
  /** Whether the names were compared with a cluster. */
  readonly compared: boolean;
};

export async function run(
  invocation: Invocation,
  files: readonly string[],
  live: boolean,
): Promise<Exit> {
  const policies = await read(files);
  if (isFailure(policies)) return showFailure(invocation, policies);
  if (!live) return tell(invocation, policies);
  return withSources(invocation, { hub: true }, async (sources) => {
    const seen = await namesIn(sources);
    return isFailure(seen) ? seen : tell(invocation, policies, seen);
  });
}

async function read(files: readonly string[]): Promise<readonly RepairPolicy[] | Failure> {
  try {
    return await loadPolicies(files);
  } catch (error) {
    if (!(error instanceof ConfigMistake)) throw error;
    const mistakes = error.message.split('\n');
    const count = mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`;
    return { ...failure('policyUnreadable', `The policies hold ${count}.`), more: mistakes };
  }
}

function tell(invocation: Invocation, policies: readonly RepairPolicy[], seen?: SeenNames): Exit {
  const warnings = policies.flatMap((policy) => [
    ...policyWarnings(policy).map((text) => `policy ${policy.name}: ${text}`),
    ...checkWarnings(policy, seen),
  ]);
  const shown = policies.map(({ name, checks }) => ({ name, checks }));
  const compared = seen !== undefined;
  const about = { policies: shown, warnings, compared };
  const view: PolicyCheckView = { kind: 'PolicyCheck', version: 1, ...about };
  show(invocation, view, renderCheck);
  return exits.done;
}

export function renderCheck({ policies, warnings, compared }: PolicyCheckView): string[] {
  const names = policies.map(({ name, checks }) => `${name} (${checks.join(', ')})`);
  const what = policies.length === 1 ? 'One policy is' : `${policies.length} policies are`;
  return [
    `${what} right: ${names.join('; ')}.`,
    ...warnings.map((text) => `Warning: ${text}.`),
    ...(compared ? [] : ['Not compared with a cluster; add --live for that.']),
  ];
}

async function namesIn(sources: Sources): Promise<SeenNames | Failure> {
  const { kube } = sources;
  if (isFailure(kube)) return kube;
  const [nodes, records] = await Promise.all([listNodes(kube), fromHub(sources, readRecords)]);
  if (!nodes.ok) return kubeFailure(nodes.refusal, 'list the nodes');
  // What agents reported is known to the hub alone; without it the conditions of the nodes are compared.
  const reports = isFailure(records) ? [] : records.records.flatMap(({ reports: all }) => all);
  return {
    conditions: new Set(
      nodes.value.flatMap(({ conditions }) => conditions.map(({ type }) => type)),
    ),
    reported: new Set(reports.map(({ check }) => check)),
  };
}
