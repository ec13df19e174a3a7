/** What the reports a repair holds say about the node, by the one definition of health (ADR 15). */
import { checksOf, healthOf } from '../evidence.ts';
import type { Verdict } from '../fault.ts';
import type { RepairState } from './types.ts';

/** After an attempt only reports that the hub stored later count. */
export function health({ reports, attempt, bootId, ready }: RepairState): Verdict {
  const evidenceAfter = attempt?.evidenceAfter ?? -1;
  const evidence = reports.filter(({ sequence }) => sequence > evidenceAfter);
  return healthOf(evidence, { bootId, ready, checks: checksOf(reports) });
}
