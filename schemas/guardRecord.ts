/** What the bucket `guard` holds: the ledger under one key, and one key per waiter. */
import { z } from 'zod';
import type { Ledger } from '../domain/guard/types.ts';
import { reasonCodes } from '../domain/vocabulary.ts';
import type { EpochMs, ReasonCode } from '../domain/vocabulary.ts';

export type GuardRecord =
  | { readonly kind: 'ledger'; readonly ledger: Ledger }
  | {
      readonly kind: 'waiter';
      readonly repairId: string;
      readonly node: string;
      readonly reason: ReasonCode;
      readonly since: EpochMs;
    };

const permit = z.strictObject({
  repairId: z.string().min(1),
  node: z.string().min(1),
  nodeUid: z.string().min(1),
  grantedAt: z.number(),
  adopted: z.literal(true).exactOptional(),
});

const guardRecord: z.ZodType<GuardRecord> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ledger'),
    ledger: z.strictObject({ version: z.literal(1), permits: z.array(permit) }),
  }),
  z.strictObject({
    kind: z.literal('waiter'),
    repairId: z.string().min(1),
    node: z.string().min(1),
    reason: z.enum(reasonCodes),
    since: z.number(),
  }),
]);

/** Undefined for anything else: a ledger that cannot be read grants nothing. */
export function parseGuardRecord(value: unknown): GuardRecord | undefined {
  return guardRecord.safeParse(value).data;
}
