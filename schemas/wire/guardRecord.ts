/** What the bucket `guard` holds: the ledger under one key, and one key per waiter. */
import { z } from 'zod';
import type { Ledger } from '../../domain/guard/types.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { ReasonCode } from '../../domain/vocabulary/reasons.ts';
import { majorVersion, openCode } from '../tolerant.ts';

export type GuardRecord =
  | { readonly kind: 'ledger'; readonly ledger: Ledger }
  | {
      readonly kind: 'waiter';
      readonly repairId: string;
      readonly node: string;
      readonly reason: ReasonCode;
      readonly since: EpochMs;
    }
  /** Written by a newer version; the guard does not read it. */
  | { readonly kind: 'other' };

const permit = z.looseObject({
  repairId: z.string().min(1),
  node: z.string().min(1),
  nodeUid: z.string().min(1),
  grantedAt: z.number(),
  adopted: z.literal(true).exactOptional(),
});

const ours: z.ZodType<GuardRecord> = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('ledger'),
    ledger: z.looseObject({ version: majorVersion(1), permits: z.array(permit) }),
  }),
  z.looseObject({
    kind: z.literal('waiter'),
    repairId: z.string().min(1),
    node: z.string().min(1),
    reason: openCode<ReasonCode>(),
    since: z.number(),
  }),
]);

const kinded = z.looseObject({ kind: z.string().min(1) });

/** Undefined for anything else: a ledger that cannot be read grants nothing. */
export function parseGuardRecord(value: unknown): GuardRecord | undefined {
  const kind = kinded.safeParse(value).data?.kind;
  if (kind === undefined) return undefined;
  return kind === 'ledger' || kind === 'waiter' ? ours.safeParse(value).data : { kind: 'other' };
}
