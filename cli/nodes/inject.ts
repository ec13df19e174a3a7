/** `slipway inject NODE CHECK`: makes a node of the local stack look faulty, as its problem detector would. */
import { conditionRules } from '../../domain/conditions/policy.ts';
import type { ConditionStatus } from '../../domain/node.ts';
import { writeCondition, type Kube } from '../../kube/index.ts';
import { carryOut, record, told, type Change } from '../change.ts';
import { failure, isFailure, type Failure } from '../failure.ts';
import type { Exit, Invocation } from '../io.ts';
import { kubeFailure } from '../kubeRefusal.ts';
import { withSources } from '../perform.ts';
import { quote } from '../text/quote.ts';
import type { Sources } from '../sources.ts';

export type Injection = { readonly node: string; readonly check: string; readonly clear?: true };

export async function run(
  invocation: Invocation,
  injection: Injection,
  change: Change,
): Promise<Exit> {
  return withSources(invocation, { hub: true }, async (sources) => {
    const kube = localKube(sources);
    if (isFailure(kube)) return kube;
    const status = statusFor(injection);
    if (isFailure(status)) return status;
    const { node, check, clear } = injection;
    const what = `set condition ${check} of node ${node} to ${status}`;
    return carryOut(invocation, change, sources, {
      what,
      act: async (by) => {
        const at = invocation.io.now();
        const reason = clear ? 'Cleared' : 'Injected';
        const message = `${reason} by ${by.name}: ${by.reason}`;
        const condition = { type: check, status, reason, message, at };
        const written = await writeCondition(kube, node, condition);
        if (!written.ok) return kubeFailure(written.refusal, what);
        const unrecorded = await record(sources, { kind: 'inject', node, at }, by);
        const next = sources.places.commands.slipway(`why ${quote(node)}`);
        const lines = [`Condition ${check} of node ${node} is ${status} now.`, next];
        const view = { kind: 'Injection', version: 1, node, check, status, by };
        return told(invocation, { lines, view }, unrecorded);
      },
    });
  });
}

/** The kubeconfig must be one of the local stack's own, and lead to its API server. */
function localKube({ kube, places }: Sources): Kube | Failure {
  if (isFailure(kube)) return kube;
  const own = places.local?.kubernetes.url;
  if (own !== undefined && kube.server === own) return kube;
  const mine = own === undefined ? 'there is no local stack here' : `the local one is ${own}`;
  return failure('notLocal', `Nothing was injected: ${kube.server} is in use, and ${mine}.`);
}

function statusFor({ check, clear }: Injection): ConditionStatus | Failure {
  const rule = conditionRules.find(({ type }) => type === check);
  const wanted = clear ? 'healthy' : 'faulty';
  const statuses: readonly ConditionStatus[] = ['True', 'False', 'Unknown'];
  const status = statuses.find((one) => rule?.verdicts[one] === wanted);
  if (status !== undefined) return status;
  const known = conditionRules.map(({ type }) => type).join(', ');
  return failure('usage', `There is no check ${check}; known are ${known}.`);
}
