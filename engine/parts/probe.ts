/** The part that reports what the conditions of nodes say. */
import { rulesOf } from '../../domain/conditions/policy.ts';
import { memoriesOf } from '../../domain/conditions/memory.ts';
import type { DispatchOptions } from '../../dispatch/index.ts';
import { eventId, newestReports, publishFault } from '../../event-hub/index.ts';
import { observer, startNodeConditions } from '../../probes/active/nodeConditions.ts';
import { untilAborted } from '../../std/untilAborted.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Part } from '../parts.ts';

export type ProbeOptions = Pick<
  DispatchOptions,
  'hub' | 'cluster' | 'nodes' | 'records' | 'policies' | 'clock'
> & { readonly log: Logger };

export function probePart(of: ProbeOptions): Part {
  return {
    name: 'probe',
    needsLead: true,
    run: async (signal) => {
      const probe = startProbe(of, signal);
      await untilAborted(signal);
      await probe.settled();
    },
  };
}

function startProbe(
  { hub, cluster, nodes, records, policies, clock, log }: ProbeOptions,
  signal: AbortSignal,
): ReturnType<typeof startNodeConditions> {
  return startNodeConditions({
    cluster,
    nodes,
    clock,
    signal,
    rules: rulesOf(policies),
    eventId,
    memories: async () => {
      const read = await newestReports(hub, cluster);
      if (read.kind !== 'read') throw new Error(read.why);
      return memoriesOf(observer, records.all(), read.reports);
    },
    publish: async (event) => {
      const stored = await publishFault(hub, event);
      // What can never be sent must not keep back what comes after it.
      if (stored.kind === 'invalid') log.error('a report cannot be sent', { why: stored.why });
      else if (stored.kind !== 'stored') throw new Error(stored.why);
    },
    onProblem: (problem) => log.warn('the node-conditions probe had trouble', { problem }),
  });
}
