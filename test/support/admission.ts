/** Admission policies that refuse what Slipway asks of the pods of one app, as clusters in the field have them. */
import type { Loop } from './loop.ts';

const folder = '/apis/admissionregistration.k8s.io/v1';

/** No label of these pods may change; resolves when the API server enforces it. */
export async function refuseLabels(loop: Loop, app: string, pod: string): Promise<void> {
  await deny(loop, {
    name: `labels-${app}`,
    operation: 'UPDATE',
    resource: 'pods',
    appliesWhen: `object.metadata.labels[?'app'].orValue('') == '${app}'`,
    expression: 'object.metadata.labels == oldObject.metadata.labels',
    message: 'pods of this app may not be changed in place',
    reason: 'Invalid',
  });
  const path = `/api/v1/namespaces/default/pods/${pod}?dryRun=All`;
  await loop.until(`labels of ${app} are refused`, async () => {
    const { status } = await loop.stack.api().merge(path, { metadata: { labels: { t: 'x' } } });
    return status === 422 || undefined;
  });
}

/** No pod of this app may be evicted; resolves when the API server enforces it. */
export async function refuseEvictions(loop: Loop, app: string, pod: string): Promise<void> {
  await deny(loop, {
    name: `evictions-${app}`,
    operation: 'CREATE',
    resource: 'pods/eviction',
    appliesWhen: `object.metadata.name.startsWith('${app}')`,
    expression: 'false',
    message: 'this pod will be rolled by its operator',
    reason: 'Forbidden',
  });
  const path = `/api/v1/namespaces/default/pods/${pod}/eviction?dryRun=All`;
  await loop.until(`evictions of ${app} are refused`, async () => {
    const { status } = await loop.stack.api().create(path, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { namespace: 'default', name: pod },
    });
    return status === 403 || undefined;
  });
}

type Denial = {
  readonly name: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly resource: 'pods' | 'pods/eviction';
  readonly appliesWhen: string;
  readonly expression: string;
  readonly message: string;
  readonly reason: 'Forbidden' | 'Invalid';
};

async function deny(loop: Loop, denial: Denial): Promise<void> {
  const { name, operation, resource, appliesWhen, expression, message, reason } = denial;
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: [operation] };
  const api = loop.stack.api();
  const bodies = [
    {
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [{ ...rule, resources: [resource] }] },
        matchConditions: [{ name: 'app', expression: appliesWhen }],
        validations: [{ expression, message, reason }],
      },
    },
    {
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  ];
  const resources = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
  for (const [index, body] of bodies.entries()) {
    const made = await api.create(`${folder}/${resources[index]!}`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      metadata: { name },
      ...body,
    });
    if (made.status !== 201) throw new Error(JSON.stringify(made));
  }
}

/** Lifts what the functions above set up. */
export async function allowAgain(loop: Loop, name: string): Promise<void> {
  await loop.stack.api().remove(`${folder}/validatingadmissionpolicybindings/${name}`);
  await loop.stack.api().remove(`${folder}/validatingadmissionpolicies/${name}`);
}
