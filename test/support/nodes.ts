/** A node as the API server would show it, in perfect order unless a test says otherwise. */
import type { NodeFacts, Taint } from '../../domain/node.ts';
import { fieldManagers, marks } from '../../domain/vocabulary/marks.ts';
import { faultEvent, sampleNode } from './samples.ts';

/** The same node, isolated by this repair. */
export function isolatedBy(repair: string, changes: Partial<NodeFacts> = {}): NodeFacts {
  return nodeFacts({
    unschedulable: true,
    unschedulableOwner: fieldManagers.isolation,
    marks: { [marks.isolation]: JSON.stringify({ repair, at: 1 }) },
    ...changes,
  });
}

export function nodeFacts(changes: Partial<NodeFacts> = {}): NodeFacts {
  const { nodeUid, bootId } = faultEvent();
  return {
    name: sampleNode,
    uid: nodeUid,
    resourceVersion: '100',
    bootId,
    systemUuid: 'ec2f1a00-0000-4000-8000-000000000017',
    unschedulable: false,
    ready: 'True',
    conditions: [],
    marks: {},
    taints: [],
    controlPlane: false,
    deleting: false,
    ...changes,
  };
}

export function taint(key: string, changes: Partial<Taint> = {}): Taint {
  return { key, value: '', effect: 'NoSchedule', ...changes };
}
