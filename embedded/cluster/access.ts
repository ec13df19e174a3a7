/** Who may do what in the local cluster: users, roles, and the objects that tie them together. */
import { namespaces } from '../../domain/vocabulary/marks.ts';

/** The users of the local cluster, each known by a static token; the audit log tells them apart. */
export const users = {
  admin: { name: 'admin', groups: ['system:masters'] },
  observer: { name: 'slipway-observer', groups: ['slipway'] },
  actor: { name: 'slipway-actor', groups: ['slipway'] },
  alice: { name: 'person-alice', groups: ['persons'] },
  machine: { name: 'machine', groups: ['system:masters'] },
  kwok: { name: 'kwok', groups: ['system:masters'] },
  controllerManager: { name: 'system:kube-controller-manager', groups: ['system:masters'] },
  scheduler: { name: 'system:kube-scheduler', groups: ['system:masters'] },
} as const;
export type UserKey = keyof typeof users;
export const userKeys: readonly UserKey[] = [
  'admin',
  'observer',
  'actor',
  'alice',
  'machine',
  'kwok',
  'controllerManager',
  'scheduler',
];

type RbacRule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};

const readOnly = ['get', 'list', 'watch'];

/** All that the engine's reading identity may do. */
const observerRules: RbacRule[] = [
  { apiGroups: [''], resources: ['nodes', 'pods', 'namespaces', 'events'], verbs: readOnly },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: readOnly },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: readOnly },
];

/** All that the engine's writing identity may do, but for its Leases. */
const actorRules: RbacRule[] = [
  { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['get', 'patch'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  // Its UID is the cluster's id: reader and writer must be in the same one.
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  // The server does not say which budgets are in each other's way.
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: ['list'] },
];

const leaseRules: RbacRule[] = [
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    verbs: ['get', 'create', 'update', 'patch'],
  },
];

const rbac = 'rbac.authorization.k8s.io';

function clusterRole(name: string, rules: RbacRule[]) {
  return {
    path: `/apis/${rbac}/v1/clusterroles/${name}`,
    body: { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
  };
}

function clusterBinding(name: string, role: string, subject: { kind: string; name: string }) {
  return {
    path: `/apis/${rbac}/v1/clusterrolebindings/${name}`,
    body: {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [{ ...subject, apiGroup: rbac }],
    },
  };
}

function leaseAccess(name: string, userName: string) {
  const folder = `/apis/${rbac}/v1/namespaces/${namespaces.slipway}`;
  const metadata = { name, namespace: namespaces.slipway };
  return [
    {
      path: `${folder}/roles/${name}`,
      body: { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: leaseRules },
    },
    {
      path: `${folder}/rolebindings/${name}`,
      body: {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [{ apiGroup: rbac, kind: 'User', name: userName }],
      },
    },
  ];
}

/** The objects that give the users their rights, in the order in which they are applied. */
export const accessObjects = [
  {
    path: `/api/v1/namespaces/${namespaces.slipway}`,
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaces.slipway } },
  },
  clusterRole('slipway-observer', observerRules),
  clusterRole('slipway-actor', actorRules),
  clusterBinding('slipway-observer', 'slipway-observer', {
    kind: 'User',
    name: users.observer.name,
  }),
  clusterBinding('slipway-actor', 'slipway-actor', { kind: 'User', name: users.actor.name }),
  clusterBinding('persons', 'cluster-admin', { kind: 'Group', name: 'persons' }),
  ...leaseAccess('slipway-leases', users.actor.name),
];
