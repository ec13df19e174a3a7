/** What the bucket `episodes` holds: one record per node. */
import { z } from 'zod';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import { outcomes, reasonCodes } from '../domain/vocabulary.ts';

const check = z.strictObject({
  verdict: z.enum(['faulty', 'healthy', 'unknown']),
  bootId: z.string(),
  counter: z.number(),
  sequence: z.number(),
  storedAt: z.number(),
  eventId: z.string(),
  source: z.string(),
  reason: z.string(),
  message: z.string(),
  faultySince: z.number().optional(),
});

const episode = z.strictObject({
  repairId: z.string(),
  openedAt: z.number(),
  openingEventId: z.string(),
  check: z.string(),
  policy: z.string(),
  after: z
    .strictObject({
      repairId: z.string(),
      firstRung: z.int().min(0),
      by: z.strictObject({ name: z.string(), reason: z.string() }),
    })
    .exactOptional(),
  outcome: z.enum(outcomes).exactOptional(),
  reason: z.enum(reasonCodes).exactOptional(),
  closedAt: z.number().exactOptional(),
});

const episodeRecord: z.ZodType<EpisodeRecord> = z.strictObject({
  version: z.literal(1),
  cluster: z.string(),
  node: z.string(),
  nodeUid: z.string(),
  formerUids: z.array(z.string()),
  boots: z.array(z.string()),
  checks: z.record(z.string(), check),
  healthySince: z.number().optional(),
  episode: episode.optional(),
  clearedAt: z.number().optional(),
  ignored: z.strictObject({ reason: z.enum(reasonCodes), since: z.number() }).optional(),
});

/** Undefined for anything else: a record that cannot be read is never overwritten. */
export function parseEpisodeRecord(value: unknown): EpisodeRecord | undefined {
  return episodeRecord.safeParse(value).data;
}
