/** How often a node was repaired of late, in words. */
import type { EpisodeRecord } from '../../domain/dispatch/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import { duration } from '../text/amounts.ts';

const ordinals = ['', '', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];

/** Repairs further apart than this have nothing to do with each other. */
const ofLateMs = 24 * 60 * 60_000;

/** Undefined where the newest repair is the only one of late. */
export function oftenThought(record: EpisodeRecord, now: EpochMs): string | undefined {
  const { episode, past = [] } = record;
  const begun = new Map(past.map(({ repairId, openedAt }) => [repairId, openedAt]));
  if (episode) begun.set(episode.repairId, episode.openedAt);
  const times = [...begun.values()].toSorted((one, other) => one - other);
  const newest = times.at(-1) ?? now;
  const late = times.filter((at) => newest - at <= ofLateMs);
  const [first] = late;
  if (first === undefined || late.length < 2) return undefined;
  const nth = ordinals[late.length] ?? `${late.length}th`;
  const isOpen = episode !== undefined && episode.outcome === undefined;
  return `This ${isOpen ? 'is' : 'was'} the ${nth} repair in ${duration(newest - first)}.`;
}
