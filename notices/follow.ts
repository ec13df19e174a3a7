/** Keeps one sink's durable consumer going, whatever becomes of the hub, and says what it could not read. */
import { setTimeout as delay } from 'node:timers/promises';
import { retryDelayMs } from '../domain/notices/retry.ts';
import { followJournal } from '../event-hub/index.ts';
import type { FollowOptions } from '../event-hub/index.ts';
import type { SinkName, Surroundings } from './sink.ts';

export type Following = Pick<FollowOptions, 'lookBackMs' | 'handle'> & {
  readonly sink: SinkName;
};

const longestPauseMs = 30_000;

/** Runs until the signal; never rejects. */
export async function keepFollowing(around: Surroundings, following: Following): Promise<void> {
  const { hub, cluster, log, signal } = around;
  const { sink, lookBackMs, handle } = following;
  for (let tries = 1; !signal.aborted; tries += 1) {
    const consuming = await followJournal(hub, {
      durable: `notices-${sink}`,
      cluster,
      lookBackMs,
      handle,
      onUnreadable: async (line) => {
        around.counting.unreadable(sink);
        log.error('a line of the journal could not be read, so no notice is made of it', {
          sink,
          ...line,
        });
        return 'done';
      },
      signal,
    });
    if (consuming.kind === 'consuming') return consuming.stopped;
    log.warn('the journal could not be followed', { sink, why: consuming.why });
    const pauseMs = Math.min(retryDelayMs({ tries, random: Math.random() }), longestPauseMs);
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
