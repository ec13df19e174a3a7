/** What the reports a repair holds say about the node, counting evidence of its present boot alone (DESIGN 7). */
import type { Verdict } from '../fault.ts';
import type { CheckReport, RepairState } from './types.ts';

/**
 * Faulty as soon as one check is; healthy only if all are and the kubelet is Ready; otherwise nobody knows.
 * After an attempt only reports that the hub stored later count.
 */
export function health(state: RepairState): Verdict {
  const verdicts = Object.values(state.checks).map((report) =>
    isEvidence(state, report) ? report.verdict : 'unknown',
  );
  if (verdicts.includes('faulty')) return 'faulty';
  if (verdicts.includes('unknown') || !state.ready) return 'unknown';
  return 'healthy';
}

function isEvidence(state: RepairState, report: CheckReport): boolean {
  return report.bootId === state.bootId && report.sequence > (state.attempt?.evidenceAfter ?? -1);
}
