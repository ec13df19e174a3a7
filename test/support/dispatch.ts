/** What dispatch does with a report: it hears it, then looks at the node. */
import { emptyRecord, evolve, isNews } from '../../domain/dispatch/evolve.ts';
import type { DispatchEvent, HeardReport, Sight } from '../../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../../domain/dispatch/types.ts';
import type { FaultEvent } from '../../domain/fault.ts';
import { at, fault, firstBoot, minute } from './given.ts';
import { faultEvent } from './samples.ts';

/** The checks that policies name, unless a test says otherwise. */
export const named = [fault.check, 'ReadonlyFilesystem', 'B'];

/** A report that comes so many seconds after the first one, with a counter and a place to match. */
export function reported(
  seconds: number,
  changes: Partial<FaultEvent> = {},
  heard: Partial<HeardReport> = {},
): HeardReport & { readonly kind: 'reported' } {
  const event = faultEvent({ counter: seconds + 1, ...changes });
  const stored = { event, sequence: seconds + 1, storedAt: at(seconds) };
  const bootId = firstBoot;
  return { kind: 'reported', fault: stored, bootId, soakMs: minute, at: at(seconds), ...heard };
}

export function recordOf(...events: readonly DispatchEvent[]): EpisodeRecord {
  return events.reduce(hear, emptyRecord(fault));
}

export function hear(record: EpisodeRecord, event: DispatchEvent): EpisodeRecord {
  if (event.kind !== 'reported') return evolve(record, event);
  if (!isNews(record, event)) return record;
  const { bootId, soakMs, at: now } = event;
  return evolve(evolve(record, event), {
    ...seen(0, { bootId, soakMs, at: now }),
  });
}

export function seen(seconds: number, sight: Partial<Sight> = {}): Sight & { kind: 'seen' } {
  const node = { bootId: firstBoot, ready: true, beats: {}, checks: named };
  return { kind: 'seen', ...node, soakMs: minute, at: at(seconds), ...sight };
}
