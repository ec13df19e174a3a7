/** Which disruption budgets stand over a pod. */
import type { Kube } from '../transport/connect.ts';
import { listAll } from '../transport/listing.ts';
import { at, listAt, numberAt, textAt, textsAt } from '../transport/raw.ts';
import type { Result } from '../transport/refusal.ts';

type PodLabels = Readonly<Record<string, string>>;

export type Budget = { readonly name: string; readonly disruptionsAllowed: number };

type BudgetWithSelector = Budget & { readonly selects: (labels: PodLabels) => boolean };

/** Names of the budgets that would forbid an eviction now. */
export async function budgetsBlocking(
  kube: Kube,
  namespace: string,
  labels: PodLabels,
): Promise<Result<readonly string[]>> {
  const found = await budgetsSelecting(kube, namespace, labels);
  if (!found.ok) return found;
  const blocking = found.value.filter((budget) => budget.disruptionsAllowed < 1);
  return { ok: true, value: blocking.map(({ name }) => name) };
}

/** Every budget in the namespace that selects a pod with these labels. */
export async function budgetsSelecting(
  kube: Kube,
  namespace: string,
  labels: PodLabels,
): Promise<Result<readonly Budget[]>> {
  const listed = await listAll(kube, {
    path: `/apis/policy/v1/namespaces/${encodeURIComponent(namespace)}/poddisruptionbudgets`,
    project: projectBudget,
  });
  if (!listed.ok) return listed;
  const value = listed.value.items
    .filter((budget) => budget.selects(labels))
    .map(({ name, disruptionsAllowed }) => ({ name, disruptionsAllowed }));
  return { ok: true, value };
}

function projectBudget(raw: unknown): BudgetWithSelector {
  const selector = at(raw, 'spec', 'selector');
  return {
    name: textAt(raw, 'metadata', 'name'),
    disruptionsAllowed: numberAt(raw, 'status', 'disruptionsAllowed') ?? 0,
    selects: (labels) => selectorMatches(selector, labels),
  };
}

/** Kubernetes' label selector: absent selects nothing, empty selects everything. */
export function selectorMatches(selector: unknown, labels: PodLabels): boolean {
  if (selector === undefined || selector === null) return false;
  return (
    Object.entries(textsAt(selector, 'matchLabels')).every(([key, v]) => labels[key] === v) &&
    listAt(selector, 'matchExpressions').every((entry) => matchesExpression(labels, entry))
  );
}

function matchesExpression(labels: PodLabels, expression: unknown): boolean {
  const value = labels[textAt(expression, 'key')];
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
