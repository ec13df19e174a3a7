/** The part that takes the lead of the cluster, or waits for it, and runs what needs it. */
import { namespaces } from '../../domain/vocabulary/marks.ts';
import { electLeader } from '../../kube/index.ts';
import type { Kube } from '../../kube/index.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { EngineMetrics } from '../metrics.ts';
import { runParts } from '../parts.ts';
import type { Part } from '../parts.ts';
import { warningsOf } from '../warnings.ts';
import type { PolicySurroundings } from '../warnings.ts';

export type LeadOptions = PolicySurroundings & {
  readonly cluster: string;
  readonly identity: string;
  readonly actor: Kube;
  readonly leaseSeconds: number;
  readonly log: Logger;
  readonly metrics: Pick<EngineMetrics, 'leads'>;
};

export function leadPart(of: LeadOptions, parts: readonly Part[]): Part {
  return {
    name: 'lead',
    needsLead: false,
    run: (signal) =>
      electLeader(of.actor, {
        namespace: namespaces.slipway,
        name: 'slipway-engine',
        identity: of.identity,
        leaseSeconds: of.leaseSeconds,
        signal,
        onProblem: (problem) => of.log.warn('the lease had trouble', { problem }),
        onLeading: (leading) => lead(of, parts, leading),
      }),
  };
}

/** However it ends, also by throwing, nothing of it goes on. */
async function lead(of: LeadOptions, parts: readonly Part[], signal: AbortSignal): Promise<void> {
  const { cluster, log, metrics } = of;
  log.info('leading');
  for (const warning of warningsOf(of)) log.warn('a policy hardly means what it says', { warning });
  metrics.leads(true);
  try {
    await runParts(parts, signal);
  } finally {
    metrics.leads(false);
    log.info('no longer leading', { cluster });
  }
}
