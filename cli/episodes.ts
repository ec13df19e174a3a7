/** The node records of dispatch, opened for what a person asks of it. */
import { errorText } from '../std/errorText.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import { buckets } from '../domain/vocabulary/hub.ts';
import { openBucket, type Bucket } from '../event-hub/index.ts';
import { parseEpisodeRecord } from '../schemas/wire/episodeRecord.ts';
import { failure, isFailure, type Failure } from './failure.ts';
import type { Sources } from './sources.ts';
import { sentence } from './text/sentence.ts';

export async function openEpisodes({
  hub,
  cluster,
}: Sources): Promise<Bucket<EpisodeRecord> | Failure> {
  if (isFailure(hub)) return hub;
  if (isFailure(cluster)) return cluster;
  const name = buckets.episodes;
  try {
    return await openBucket(hub, { name, cluster: cluster.id, parse: parseEpisodeRecord });
  } catch (error) {
    const what = `The bucket ${name} could not be opened: ${errorText(error)}`;
    return failure('hubRefused', sentence(what));
  }
}
