/** Cuts API objects down to the few fields that decisions need (DESIGN 13). */
import type { ConditionStatus, NodeCondition, NodeFacts, PodFacts, Taint } from '../domain/node.ts';
import { fieldManagers, foreignMarks, marks } from '../domain/vocabulary.ts';
import { at, listAt, numberAt, textAt, textsAt } from './raw.ts';

const markPrefix = 'slipway.dev/';
const longestMessage = 512;

const statusOf = (value: string): ConditionStatus =>
  value === 'True' || value === 'False' ? value : 'Unknown';

const conditionOf = (raw: unknown): NodeCondition => {
  const heartbeatAt = Date.parse(textAt(raw, 'lastHeartbeatTime'));
  return {
    type: textAt(raw, 'type'),
    status: statusOf(textAt(raw, 'status')),
    reason: textAt(raw, 'reason'),
    message: textAt(raw, 'message').slice(0, longestMessage),
    ...(!Number.isNaN(heartbeatAt) && { heartbeatAt }),
  };
};

const marksOf = (raw: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(textsAt(raw, 'metadata', 'annotations')).filter(([key]) =>
      key.startsWith(markPrefix),
    ),
  );

/** Owners of `spec.unschedulable`; where several share it, another's claim outweighs ours. */
const unschedulableOwnerOf = (raw: unknown): string | undefined => {
  const owners = listAt(raw, 'metadata', 'managedFields')
    .filter((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:unschedulable') !== undefined)
    .map((entry) => textAt(entry, 'manager'));
  return owners.find((owner) => owner !== fieldManagers.isolation) ?? owners[0];
};

const isControlPlane = (raw: unknown): boolean => {
  const labels = textsAt(raw, 'metadata', 'labels');
  return foreignMarks.controlPlane.some((label) => label in labels);
};

const taintOf = (raw: unknown): Taint => ({
  key: textAt(raw, 'key'),
  value: textAt(raw, 'value'),
  effect: textAt(raw, 'effect'),
});

/** A Node as the API sends it, projected. */
export const projectNode = (raw: unknown): NodeFacts => {
  const conditions = listAt(raw, 'status', 'conditions').map(conditionOf);
  const owner = unschedulableOwnerOf(raw);
  return {
    name: textAt(raw, 'metadata', 'name'),
    uid: textAt(raw, 'metadata', 'uid'),
    resourceVersion: textAt(raw, 'metadata', 'resourceVersion'),
    bootId: textAt(raw, 'status', 'nodeInfo', 'bootID'),
    systemUuid: textAt(raw, 'status', 'nodeInfo', 'systemUUID'),
    unschedulable: at(raw, 'spec', 'unschedulable') === true,
    ...(owner !== undefined && { unschedulableOwner: owner }),
    ready: conditions.find((condition) => condition.type === 'Ready')?.status ?? 'Unknown',
    conditions,
    marks: marksOf(raw),
    taints: listAt(raw, 'spec', 'taints').map(taintOf),
    controlPlane: isControlPlane(raw),
    deleting: textAt(raw, 'metadata', 'deletionTimestamp') !== '',
  };
};

/** The API server's own default where a pod gives none. */
const defaultGraceSeconds = 30;

const ownerKindOf = (raw: unknown): string | undefined => {
  const owner = listAt(raw, 'metadata', 'ownerReferences').find(
    (entry) => at(entry, 'controller') === true,
  );
  return owner === undefined ? undefined : textAt(owner, 'kind');
};

/** A Pod as the API sends it, projected. */
export const projectPod = (raw: unknown): PodFacts => {
  const repair = textsAt(raw, 'metadata', 'labels')[marks.repair];
  const ownerKind = ownerKindOf(raw);
  return {
    namespace: textAt(raw, 'metadata', 'namespace'),
    name: textAt(raw, 'metadata', 'name'),
    uid: textAt(raw, 'metadata', 'uid'),
    node: textAt(raw, 'spec', 'nodeName'),
    phase: textAt(raw, 'status', 'phase'),
    ...(repair !== undefined && { repair }),
    ...(ownerKind !== undefined && { ownerKind }),
    mirror: 'kubernetes.io/config.mirror' in textsAt(raw, 'metadata', 'annotations'),
    deleting: textAt(raw, 'metadata', 'deletionTimestamp') !== '',
    graceSeconds: numberAt(raw, 'spec', 'terminationGracePeriodSeconds') ?? defaultGraceSeconds,
  };
};
