/** Questions about the writes of the audit log. */
import { parseObservedNode } from '../../schemas/local/observedNode.ts';
import { succeeded, type ApiWrite } from './auditLog.ts';

/** What users whose name begins with `userPrefix` wrote with success, from `sinceMs` on. */
export function mutationsBy(
  writes: readonly ApiWrite[],
  userPrefix: string,
  sinceMs = Number.NEGATIVE_INFINITY,
): ApiWrite[] {
  return writes.filter(
    (write) =>
      write.user.startsWith(userPrefix) && write.receivedAtMs >= sinceMs && succeeded(write),
  );
}

/** Every request to evict a pod, granted (201) or refused (429 by a disruption budget). */
export function evictions(writes: readonly ApiWrite[]): ApiWrite[] {
  return writes.filter((write) => write.resource === 'pods' && write.subresource === 'eviction');
}

/** A write that changed the status of one condition of a Node. */
export type ConditionChange = {
  readonly node: string;
  readonly status: string;
  readonly user: string;
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
};

/** Each change of a condition, by anybody, in the order in which they were answered. */
export function conditionChanges(writes: readonly ApiWrite[], type: string): ConditionChange[] {
  const last = new Map<string, string>();
  const changes: ConditionChange[] = [];
  for (const write of writes) {
    const node =
      write.resource === 'nodes' && succeeded(write)
        ? parseObservedNode(write.response)
        : undefined;
    const status = node?.status.conditions.find((condition) => condition.type === type)?.status;
    if (!node || status === undefined || last.get(node.metadata.uid) === status) continue;
    last.set(node.metadata.uid, status);
    const { user, receivedAtMs, answeredAtMs } = write;
    changes.push({ node: node.metadata.name, status, user, receivedAtMs, answeredAtMs });
  }
  return changes;
}
