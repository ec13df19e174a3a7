/** How dispatch speaks to repairs: it starts them and tells them news, each time with the repair's own id. */
import type { Episode, EpisodeRecord } from '../domain/dispatch/types.ts';
import { openingOf } from '../domain/repair/opening.ts';
import type { RepairPolicy } from '../domain/repair/policy.ts';
import type { Begun } from '../domain/repair/begun.ts';
import type { Arrival, RepairOpening, Unstamped } from '../domain/repair/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import type { EngineLimits } from '../schemas/config/engineConfig.ts';
import { describeRepair, say, startRepair, terminateRepair } from '../temporal/index.ts';
import type { Temporal } from '../temporal/index.ts';
import { createJoins } from '../std/joins.ts';
import type { Joins } from '../std/joins.ts';
import type { Starts } from './starts.ts';

export type VoiceOptions = {
  readonly temporal: Temporal;
  readonly policies: readonly RepairPolicy[];
  readonly mode: Mode;
  readonly codeVersion: string;
  readonly limits: Pick<EngineLimits, 'failingTaskSeconds'>;
  readonly clock: () => EpochMs;
  /** Takes the first steps of a repair; handed in by the engine. Begun again, it finds what it has done. */
  readonly begin: (opening: RepairOpening) => Promise<Begun>;
  readonly starts: Starts;
};

/** `gone`: the repair ended without saying so in the record. `stuck`: it cannot run any more. `later`: ask again. */
export type Heard = 'heard' | 'gone' | 'stuck' | 'later';

export type Voice = {
  /** Starts the repair of an episode that was opened just now. */
  readonly open: (record: EpisodeRecord, episode: Episode) => Promise<Heard>;
  /** Makes sure that the open episode's repair exists. */
  readonly ensure: (record: EpisodeRecord, episode: Episode) => Promise<Heard>;
  readonly tell: (record: EpisodeRecord, arrival: Unstamped<Arrival>) => Promise<Heard>;
};

type Speaker = VoiceOptions & {
  /** By repair: a start may wait for its turn, and whoever misses its workflow meanwhile waits with it. */
  readonly opening: Joins<Heard | 'running'>;
};

export function createVoice(options: VoiceOptions): Voice {
  const speaker = { ...options, opening: createJoins<Heard | 'running'>() };
  return {
    open: (record, episode) => open(speaker, record, episode),
    ensure: (record, episode) => ensure(speaker, record, episode),
    tell: (record, arrival) => tell(speaker, record, arrival),
  };
}

/** Only the open episode's repair is spoken to; a signal names it, so that another one ignores it. */
async function tell(
  options: Speaker,
  record: EpisodeRecord,
  arrival: Unstamped<Arrival>,
): Promise<Heard> {
  const { episode } = record;
  if (!episode || episode.outcome !== undefined) return 'heard';
  const { repairId } = episode;
  const saying = (): ReturnType<typeof say> => say(options.temporal, record, { repairId, arrival });
  const said = await saying();
  if (said.kind !== 'absent') return said.kind === 'said' ? 'heard' : 'later';
  const ensured = await ensure(options, record, episode);
  if (ensured !== 'heard') return ensured;
  // It began after the first try, perhaps from what was known before.
  return (await saying()).kind === 'failed' ? 'later' : 'heard';
}

async function ensure(options: Speaker, record: EpisodeRecord, episode: Episode): Promise<Heard> {
  if (options.opening.isUnderWay(episode.repairId)) return open(options, record, episode);
  const about = await describeRepair(options.temporal, record);
  if (about.kind === 'failed') return 'later';
  if (about.kind === 'found' && about.repairId === episode.repairId) {
    // A run fails by itself alone, where it cannot go on; all other ends come from outside.
    if (!about.running) return about.status === 'FAILED' ? 'stuck' : 'gone';
    return isFailing(options, about.failingSince) ? stop(options, record) : 'heard';
  }
  const lastOneRuns = about.kind === 'found' && about.running;
  return lastOneRuns ? 'later' : open(options, record, episode);
}

/**
 * A workflow task that fails for so long runs into the same defect each time. Nothing of the workflow runs any more
 * after its end, so a person can take over.
 */
function isFailing({ clock, limits }: VoiceOptions, since: EpochMs | undefined): boolean {
  return since !== undefined && clock() - since >= limits.failingTaskSeconds * 1_000;
}

async function stop({ temporal }: VoiceOptions, record: EpisodeRecord): Promise<Heard> {
  const ended = await terminateRepair(temporal, record, 'its workflow tasks fail again and again');
  return ended.kind === 'failed' ? 'later' : 'stuck';
}

async function open(options: Speaker, record: EpisodeRecord, episode: Episode): Promise<Heard> {
  const opened = await options.opening.join(episode.repairId, () =>
    start(options, record, episode),
  );
  return opened === 'running' ? ensure(options, record, episode) : opened;
}

async function start(
  options: VoiceOptions,
  record: EpisodeRecord,
  episode: Episode,
): Promise<Heard | 'running'> {
  const policy = options.policies.find((candidate) => candidate.name === episode.policy);
  const opening = policy && openingOf(record, episode, { ...options, policy });
  if (!opening) return 'gone';
  const begun = await options.starts.first(() => options.begin(opening));
  const started = await options.starts.behind(() => startRepair(options.temporal, opening, begun));
  if (started.kind === 'running') return 'running';
  return started.kind === 'started' ? 'heard' : 'later';
}
