/** The part that says on the hub who leads, in which mode and by which policies, so that screens need not guess. */
import type { DispatchOptions } from '../../dispatch/index.ts';
import { buckets } from '../../domain/vocabulary/hub.ts';
import type { Part } from '../parts.ts';
import { warningsOf } from '../warnings.ts';
import { pause } from '../../std/pause.ts';
import { openBucket } from '../../event-hub/index.ts';
import { ticketSinks } from '../../notices/index.ts';
import type { TicketOptions } from '../../notices/index.ts';
import { engineKey, parseEngineRecord } from '../../schemas/wire/engineRecord.ts';
import type { EngineRecord } from '../../schemas/wire/engineRecord.ts';

type Announcing = Pick<
  DispatchOptions,
  'hub' | 'cluster' | 'mode' | 'policies' | 'codeVersion' | 'nodes' | 'records'
> & {
  readonly ticket?: TicketOptions;
};

const everyMs = 15_000;

export function announcementPart(of: Announcing & Pick<DispatchOptions, 'clock'>): Part {
  return {
    name: 'announcement',
    needsLead: true,
    run: async (signal) => {
      const since = of.clock();
      while (!signal.aborted) {
        await announce(of, since, signal);
        await pause(everyMs, signal);
      }
    },
  };
}

/**
 * Nothing hangs on it: a hub that does not answer is asked again with the next sweep. Who lost the lead meanwhile leaves
 * the word to the next.
 */
async function announce(of: Announcing, since: number, signal: AbortSignal): Promise<void> {
  const { hub, cluster, mode, codeVersion, policies, ticket = {} } = of;
  const record: EngineRecord = {
    kind: 'engine',
    mode,
    codeVersion,
    since,
    tickets: ticketSinks(ticket),
    policies: policies.map(({ name, checks, holdDownMs, soakMs, guard }) => ({
      name,
      checks,
      holdDownMs,
      soakMs,
      guard,
    })),
    warnings: warningsOf(of),
  };
  try {
    const name = buckets.engine;
    const bucket = await openBucket(hub, { name, cluster, parse: parseEngineRecord });
    if (!signal.aborted) await bucket.put(engineKey, record);
  } catch {
    return;
  }
}
