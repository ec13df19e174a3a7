/** The part that looks after the hub: a stream that was deleted under it is made again, and said. */
import { pause } from '../../std/pause.ts';
import { ensureStreams } from '../../event-hub/index.ts';
import type { Hub } from '../../event-hub/index.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { EngineMetrics } from '../metrics.ts';
import type { Part } from '../parts.ts';

export type Tending = {
  readonly hub: Hub;
  readonly log: Logger;
  readonly metrics: Pick<EngineMetrics, 'streamMade'>;
};

/** What is missing stops everything; each pass asks for eight descriptions. */
const everyMs = 5_000;

export function hubPart(of: Tending): Part {
  return { name: 'hub', needsLead: true, run: (signal) => tendHub(of, signal) };
}

/** Never rejects. What cannot be made is said once, and again when the reason changes. */
async function tendHub({ hub, log, metrics }: Tending, signal: AbortSignal): Promise<void> {
  let trouble: string | undefined;
  while (!signal.aborted) {
    const ensured = await ensureStreams(hub, { former: true });
    if (ensured.kind === 'ready') {
      for (const stream of ensured.made) metrics.streamMade(stream);
      if (ensured.made.length > 0)
        log.warn('streams of the hub were gone and were made again', { streams: ensured.made });
      trouble = undefined;
    } else if (ensured.kind !== 'unreachable' && ensured.why !== trouble) {
      trouble = ensured.why;
      log.error('the hub lacks what Slipway keeps there, and it cannot be made', { trouble });
    }
    await pause(everyMs, signal);
  }
}
