/** Keeps one sink's durable consumer going, whatever becomes of the hub, and says what it could not read. */
import { pause } from '../std/pause.ts';
import { retryDelayMs } from '../domain/notices/retry.ts';
import { followJournal } from '../event-hub/index.ts';
import type { FollowOptions, UnreadableLine } from '../event-hub/index.ts';
import type { NoticeBucket } from './outbox.ts';
import type { SinkName, Surroundings } from './sink.ts';

export type Following = Pick<FollowOptions, 'lookBackMs' | 'handle'> & {
  readonly sink: SinkName;
  readonly bucket: NoticeBucket;
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
      onUnreadable: (line) => tellUnreadable(around, following, line),
      signal,
    });
    if (consuming.kind === 'consuming') return consuming.stopped;
    log.warn('the journal could not be followed', { sink, why: consuming.why });
    const pauseMs = Math.min(retryDelayMs({ tries, random: Math.random() }), longestPauseMs);
    await pause(pauseMs, signal);
  }
}

/** It is kept on the hub, so that the command line says it too. */
async function tellUnreadable(
  { log, counting, clock }: Surroundings,
  { sink, bucket }: Following,
  line: UnreadableLine,
): Promise<'done' | 'retry'> {
  const key = `unreadable/${sink}`;
  const found = await bucket.get(key);
  if (found.kind === 'unreachable' || found.kind === 'refused') return 'retry';
  const before =
    found.kind === 'found' && found.value.kind === 'unreadable' ? found.value.count : 0;
  const record = { kind: 'unreadable', sink, count: before + 1, at: clock(), ...line } as const;
  const written = await bucket.put(key, record);
  if (written.kind !== 'written') return 'retry';
  counting.unreadable(sink);
  log.error('a line of the journal could not be read, so no notice is made of it', {
    sink,
    ...line,
  });
  return 'done';
}
