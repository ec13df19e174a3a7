/** What the bucket `episodes` holds: one record per node. */
import { z } from 'zod';
import type { EpisodeRecord, Relapse } from '../../domain/dispatch/types.ts';
import type { Verdict } from '../../domain/fault.ts';
import type { Outcome } from '../../domain/vocabulary/repair.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';
import { majorVersion, openCode } from '../tolerant.ts';

const report = z.looseObject({
  check: z.string(),
  observer: z.string(),
  verdict: openCode<Verdict>(),
  bootId: z.string(),
  counter: z.number(),
  sequence: z.number(),
  storedAt: z.number(),
  heardAt: z.number(),
  eventId: z.string(),
  reason: z.string(),
  message: z.string(),
  saidSince: z.number(),
  faultySince: z.number().optional(),
});

const beats = z.record(z.string(), z.number());

const lastSeen = z.looseObject({
  bootId: z.string(),
  firstReadyAt: z.number(),
  beats,
  beatsBefore: beats,
});

const pastRepair = z.looseObject({
  repairId: z.string(),
  check: z.string(),
  policy: z.string(),
  openedAt: z.number(),
  closedAt: z.number(),
  outcome: openCode<Outcome>(),
  reason: openCode<ReasonCode>(),
  rung: z.number().optional(),
  isolated: z.boolean(),
});

const episode = z.looseObject({
  repairId: z.string(),
  openedAt: z.number(),
  openingEventId: z.string(),
  check: z.string(),
  policy: z.string(),
  after: z
    .looseObject({
      repairId: z.string(),
      firstRung: z.int().min(0),
      by: z.looseObject({ name: z.string(), reason: z.string() }),
    })
    .exactOptional(),
  relapse: z
    .looseObject({
      repairId: z.string(),
      times: z.number(),
      firstRung: z.int().min(0),
      handOver: openCode<NonNullable<Relapse['handOver']>>().exactOptional(),
    })
    .exactOptional(),
  toldThrough: z.number().exactOptional(),
  attemptBegun: z.int().min(0).exactOptional(),
  outcome: openCode<Outcome>().exactOptional(),
  reason: openCode<ReasonCode>().exactOptional(),
  closedAt: z.number().exactOptional(),
});

const episodeRecord: z.ZodType<EpisodeRecord> = z.looseObject({
  version: majorVersion(1),
  cluster: z.string(),
  node: z.string(),
  nodeUid: z.string(),
  formerUids: z.array(z.string()),
  reports: z.array(report),
  place: z.number(),
  lastSeen: lastSeen.optional(),
  past: z.array(pastRepair).optional(),
  requeued: z.array(z.number()).optional(),
  healthySince: z.number().optional(),
  episode: episode.optional(),
  clearedAt: z.number().optional(),
  ignored: z.looseObject({ reason: openCode<ReasonCode>(), since: z.number() }).optional(),
});

/** Undefined for anything else: a record that cannot be read is never overwritten. */
export function parseEpisodeRecord(value: unknown): EpisodeRecord | undefined {
  return episodeRecord.safeParse(value).data;
}
