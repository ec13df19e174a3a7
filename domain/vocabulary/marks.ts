/** What Slipway writes on Kubernetes objects, and what it heeds of what others write there. */

/** Annotations, labels and taints on Kubernetes objects. */
export const marks = {
  /** On a Node: who isolated it, `{"repair","at"}` as JSON, and `outcome` once handed over. */
  isolation: 'slipway.dev/isolation',
  /** On a Node: a person took it back, `{"repair","outcome","at"}` as JSON. */
  handedOver: 'slipway.dev/handed-over',
  /** On a Node: a person keeps it out of Slipway's hands; `{"by","reason","at"}` as JSON, or any text. */
  hold: 'slipway.dev/hold',
  /** On the kube-system Namespace: Slipway starts nothing new; `{"by","reason","at"}` as JSON, or any text. */
  pause: 'slipway.dev/pause',
  /** On a Pod (label): the repair that is about to move it. */
  repair: 'slipway.dev/repair',
} as const;

/** Field managers: managedFields then tell our writes from everybody else's. */
export const fieldManagers = {
  isolation: 'slipway-isolation',
  tag: 'slipway-tag',
  event: 'slipway-event',
} as const;

/** The namespace that holds Slipway's own Leases and Kubernetes Events about nodes. */
export const namespaces = { slipway: 'slipway', nodeEvents: 'default' } as const;

/** Labels and taints of other actors that say "leave this node alone". */
export const foreignMarks = {
  controlPlane: ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'],
  /** An autoscaler has decided to remove the node. */
  disruptionTaints: [
    'ToBeDeletedByClusterAutoscaler',
    'karpenter.sh/disrupted',
    'karpenter.sh/disruption',
  ],
  /** Annotations by which the owner of a pod forbids to move it, each with the value that does. */
  protectedPods: {
    'karpenter.sh/do-not-disrupt': 'true',
    'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
  },
  /** What a cordon puts on a node. */
  cordonTaint: { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
  /** The value of such a taint, and the effect of any, while the autoscaler only considers it. */
  disruptionCandidate: { value: 'candidate', effect: 'PreferNoSchedule' },
} as const;
