/** What became of tickets, in words. */
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { UndeliveredView, UnreadableView } from '../../views/notices.ts';
import { ahead, counted, duration } from '../text/amounts.ts';

/** One sentence about one ticket. */
export function undeliveredText(
  { sink, repairId, since, tries, nextTryAt, answer }: UndeliveredView,
  now: EpochMs,
): string {
  const tried = tries === 1 ? '1 try' : `${tries} tries`;
  const last = answer === undefined ? '' : `, last answer: ${answer}`;
  const next = nextTryAt > now ? `; next try ${ahead(nextTryAt, now)}` : '';
  return `The ticket of repair ${repairId} is not delivered to the ${sink} yet: for ${duration(now - since)}, ${tried}${last}${next}.`;
}

/** One line for each sink that waits: how many, since when, and why. */
export function undeliveredBySink(
  tickets: readonly UndeliveredView[],
  now: EpochMs,
): readonly string[] {
  const bySink = Map.groupBy(tickets, ({ sink }) => sink);
  return [...bySink].flatMap(([sink, [oldest, ...others]]) => {
    if (!oldest) return [];
    const many = counted(others.length + 1, 'ticket');
    const last = oldest.answer === undefined ? '' : `, last answer: ${oldest.answer}`;
    const age = duration(now - oldest.since);
    return [
      `${many} not delivered to the ${sink} yet, the oldest for ${age}, ${oldest.tries} tries${last}`,
    ];
  });
}

export function unreadableText({ sink, count, streamSequence, why }: UnreadableView): string {
  const lines = counted(count, 'line');
  return `${lines} of the journal could not be read for ${sink}, the last at ${streamSequence}: ${why}`;
}
