/** The part that tells people what the journal says. */
import { runNotices } from '../../notices/index.ts';
import type { NoticesOptions } from '../../notices/index.ts';
import type { EngineMetrics } from '../metrics.ts';
import type { Part } from '../parts.ts';

export function noticesPart(
  of: Omit<NoticesOptions, 'counting' | 'signal'> & {
    readonly metrics: Pick<EngineMetrics, 'notices'>;
  },
): Part {
  return {
    name: 'notices',
    needsLead: true,
    run: (signal) => runNotices({ ...of, counting: of.metrics.notices, signal }),
  };
}
