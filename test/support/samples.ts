/** Sample values that tests change where it matters to them. */
import type { FaultEvent } from '../../domain/fault.ts';
import type { NodeFacts } from '../../domain/node.ts';
import { eventId } from '../../event-hub/ids.ts';
import type { JournalLine } from '../../schemas/wire/journalLine.ts';

export const sampleNode = 'ip-10-0-1-17.eu-west-1.compute.internal';

/** A report with the id that its fields make, unless another is given. */
export function faultEvent(changes: Partial<FaultEvent> = {}): FaultEvent {
  const event = {
    cluster: '6f1c2a34-0000-4000-8000-000000000001',
    node: sampleNode,
    nodeUid: '3a6b0c88-0000-4000-8000-000000000017',
    bootId: '9d0e7f10-0000-4000-8000-0000000000b1',
    observer: 'node-conditions',
    check: 'KernelDeadlock',
    verdict: 'faulty' as const,
    reason: 'DockerHung',
    message: 'task docker:7 blocked for more than 300 seconds',
    observedAt: 1_790_000_000_123,
    counter: 1,
    ...changes,
  };
  return { id: eventId(event), ...event };
}

export function journalLine(changes: Partial<JournalLine> = {}): JournalLine {
  return {
    version: 1,
    repairId: 'r-abcdefghij234567abcd',
    cluster: '6f1c2a34-0000-4000-8000-000000000001',
    node: sampleNode,
    sequence: 0,
    at: 1_790_000_001_000,
    command: { kind: 'isolate' },
    events: [{ kind: 'isolated', at: 1_790_000_001_020 }],
    by: 'repairs',
    ...changes,
  };
}

export function nodeFacts(changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: sampleNode,
    uid: '3a6b0c88-0000-4000-8000-000000000017',
    resourceVersion: '100',
    bootId: '9d0e7f10-0000-4000-8000-0000000000b1',
    systemUuid: '4C4C4544-0042-3510-8052-B4C04F313233',
    unschedulable: true,
    ready: 'True',
    conditions: [],
    marks: {},
    taints: [],
    controlPlane: false,
    deleting: false,
    ...changes,
  };
}
