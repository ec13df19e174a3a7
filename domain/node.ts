/** Nodes and pods as Slipway keeps them: the few fields decisions need, nothing else (ADR 4). */
import type { EpochMs } from './vocabulary/time.ts';

export type ConditionStatus = 'True' | 'False' | 'Unknown';

export type NodeCondition = {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  /** When its writer last confirmed it, by the node's clock, in whole seconds. */
  readonly heartbeatAt?: EpochMs;
};

export type Taint = { readonly key: string; readonly value: string; readonly effect: string };

export type NodeFacts = {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly bootId: string;
  readonly systemUuid: string;
  readonly unschedulable: boolean;
  /** The field manager that owns `spec.unschedulable`, if any. */
  readonly unschedulableOwner?: string;
  readonly ready: ConditionStatus;
  readonly conditions: readonly NodeCondition[];
  /** When the isolation was written, by the API server's clock, in whole seconds; absent without one. */
  readonly isolatedAt?: EpochMs;
  /** The raw value of each of our marks that is present, by the annotation key. */
  readonly marks: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly controlPlane: boolean;
  readonly deleting: boolean;
};

export type PodFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly phase: string;
  /** The value of the repair label, if the pod carries it. */
  readonly repair?: string;
  /** Kind of the controlling owner: ReplicaSet, DaemonSet, StatefulSet, Job, Node, or none for a bare pod. */
  readonly ownerKind?: string;
  readonly ownerName?: string;
  /** A static pod: the API object only mirrors it. */
  readonly mirror: boolean;
  readonly deleting: boolean;
  readonly graceSeconds: number;
  /** By the API server's clock, in whole seconds. */
  readonly createdAt: EpochMs;
  /** A cordon does not keep pods like this one away. */
  readonly toleratesCordon: boolean;
  /** The mark on the pod by which its owner forbids to move it. */
  readonly protectedBy?: string;
  /** It has a volume that lives and dies with it on the node. */
  readonly localData: boolean;
};

/** A cluster as every screen names it. */
export type ClusterIdentity = {
  readonly id: string;
  readonly name: string;
  readonly server: string;
};

/** The mark on a node that Slipway isolated. */
export type IsolationMark = {
  readonly repair: string;
  readonly at: EpochMs;
  /** The node was cordoned before us and must stay so: only the mark is ours. */
  readonly foundCordoned?: true;
  /** Set once the repair handed the node over. */
  readonly outcome?: string;
};
