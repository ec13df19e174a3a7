/** Cuts API objects down to the few fields that decisions need (ADR 4). */
import type {
  ConditionStatus,
  NodeCondition,
  NodeFacts,
  PodFacts,
  Taint,
} from '../../domain/node.ts';
import { fieldManagers, foreignMarks, marks } from '../../domain/vocabulary/marks.ts';
import { at, listAt, numberAt, textAt, textsAt } from '../transport/raw.ts';

const markPrefix = 'slipway.dev/';
const longestMessage = 512;

/** A Node as the API sends it, projected. */
export function projectNode(raw: unknown): NodeFacts {
  const conditions = listAt(raw, 'status', 'conditions').map(conditionOf);
  const owner = unschedulableOwnerOf(raw);
  const isolatedAt = isolatedAtOf(raw);
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
    ...(isolatedAt !== undefined && { isolatedAt }),
    marks: marksOf(raw),
    taints: listAt(raw, 'spec', 'taints').map(taintOf),
    controlPlane: isControlPlane(raw),
    deleting: textAt(raw, 'metadata', 'deletionTimestamp') !== '',
  };
}

function conditionOf(raw: unknown): NodeCondition {
  const heartbeatAt = Date.parse(textAt(raw, 'lastHeartbeatTime'));
  return {
    type: textAt(raw, 'type'),
    status: statusOf(textAt(raw, 'status')),
    reason: textAt(raw, 'reason'),
    message: textAt(raw, 'message').slice(0, longestMessage),
    ...(!Number.isNaN(heartbeatAt) && { heartbeatAt }),
  };
}

function statusOf(value: string): ConditionStatus {
  return value === 'True' || value === 'False' ? value : 'Unknown';
}

/** Owners of `spec.unschedulable`; where several share it, another's claim outweighs ours. */
function unschedulableOwnerOf(raw: unknown): string | undefined {
  const owners = listAt(raw, 'metadata', 'managedFields')
    .filter((entry) => at(entry, 'fieldsV1', 'f:spec', 'f:unschedulable') !== undefined)
    .map((entry) => textAt(entry, 'manager'));
  return owners.find((owner) => owner !== fieldManagers.isolation) ?? owners[0];
}

/** The field manager's own record of our mark; it is not written again while a repair lasts. */
function isolatedAtOf(raw: unknown): number | undefined {
  const ours = listAt(raw, 'metadata', 'managedFields').find(
    (entry) =>
      textAt(entry, 'manager') === fieldManagers.isolation &&
      at(entry, 'fieldsV1', 'f:metadata', 'f:annotations', `f:${marks.isolation}`) !== undefined,
  );
  return Date.parse(textAt(ours, 'time')) || undefined;
}

function marksOf(raw: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(textsAt(raw, 'metadata', 'annotations')).filter(([key]) =>
      key.startsWith(markPrefix),
    ),
  );
}

function taintOf(raw: unknown): Taint {
  return {
    key: textAt(raw, 'key'),
    value: textAt(raw, 'value'),
    effect: textAt(raw, 'effect'),
  };
}

function isControlPlane(raw: unknown): boolean {
  const labels = textsAt(raw, 'metadata', 'labels');
  return foreignMarks.controlPlane.some((label) => label in labels);
}

/** The API server's own default where a pod gives none. */
const defaultGraceSeconds = 30;

/** A Pod as the API sends it, projected. */
export function projectPod(raw: unknown): PodFacts {
  const repair = textsAt(raw, 'metadata', 'labels')[marks.repair];
  const protection = protectedBy(raw);
  return {
    namespace: textAt(raw, 'metadata', 'namespace'),
    name: textAt(raw, 'metadata', 'name'),
    uid: textAt(raw, 'metadata', 'uid'),
    node: textAt(raw, 'spec', 'nodeName'),
    phase: textAt(raw, 'status', 'phase'),
    ...(repair !== undefined && { repair }),
    ...ownerOf(raw),
    mirror: 'kubernetes.io/config.mirror' in textsAt(raw, 'metadata', 'annotations'),
    deleting: textAt(raw, 'metadata', 'deletionTimestamp') !== '',
    graceSeconds: numberAt(raw, 'spec', 'terminationGracePeriodSeconds') ?? defaultGraceSeconds,
    createdAt: timeAt(raw, 'metadata', 'creationTimestamp'),
    toleratesCordon: toleratesCordon(raw),
    ...(protection !== undefined && { protectedBy: protection }),
    localData: hasLocalData(raw),
  };
}

function protectedBy(raw: unknown): string | undefined {
  const annotations = textsAt(raw, 'metadata', 'annotations');
  return Object.entries(foreignMarks.protectedPods).find(
    ([key, value]) => annotations[key] === value,
  )?.[0];
}

function ownerOf(raw: unknown): Pick<PodFacts, 'ownerKind' | 'ownerName'> {
  const owner = listAt(raw, 'metadata', 'ownerReferences').find(
    (entry) => at(entry, 'controller') === true,
  );
  if (owner === undefined) return {};
  return { ownerKind: textAt(owner, 'kind'), ownerName: textAt(owner, 'name') };
}

/** Zero for what carries no time: then nothing counts as new. */
function timeAt(raw: unknown, ...path: readonly string[]): number {
  return Date.parse(textAt(raw, ...path)) || 0;
}

/** The scheduler's own rule for the taint of a cordon. */
function toleratesCordon(raw: unknown): boolean {
  const { key, effect } = foreignMarks.cordonTaint;
  return listAt(raw, 'spec', 'tolerations').some((toleration) => {
    const exists = textAt(toleration, 'operator') === 'Exists';
    const keys = exists ? ['', key] : [key];
    return (
      keys.includes(textAt(toleration, 'key')) &&
      ['', effect].includes(textAt(toleration, 'effect')) &&
      (exists || textAt(toleration, 'value') === '')
    );
  });
}

function hasLocalData(raw: unknown): boolean {
  return listAt(raw, 'spec', 'volumes').some((volume) => at(volume, 'emptyDir') !== undefined);
}
