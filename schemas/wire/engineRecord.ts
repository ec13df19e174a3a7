/** What the leading engine says of itself, under one key of the bucket `engine`: for screens, never for decisions. */
import { z } from 'zod';
import type { GuardLimits } from '../../domain/guard/policy.ts';
import type { EpochMs } from '../../domain/vocabulary/time.ts';
import type { Mode } from '../../domain/vocabulary/repair.ts';
import { openCode } from '../tolerant.ts';

export type EngineRecord = {
  readonly kind: 'engine';
  readonly mode: Mode;
  readonly codeVersion: string;
  /** Since when it leads. */
  readonly since: EpochMs;
  /** Where the tickets of hand-overs go. */
  readonly tickets?: readonly string[];
  readonly policies: readonly {
    readonly name: string;
    readonly checks: readonly string[];
    readonly holdDownMs: number;
    readonly soakMs: number;
    readonly guard: GuardLimits;
  }[];
  /** What in its policies is probably a mistake, in sentences. */
  readonly warnings?: readonly string[];
};

export const engineKey = 'engine';

const engineRecord: z.ZodType<EngineRecord> = z.looseObject({
  kind: z.literal('engine'),
  mode: openCode<Mode>(),
  codeVersion: z.string(),
  since: z.number(),
  tickets: z.array(z.string()).exactOptional(),
  policies: z.array(
    z.looseObject({
      name: z.string(),
      checks: z.array(z.string()),
      holdDownMs: z.number(),
      soakMs: z.number(),
      guard: z.looseObject({
        maxUnavailablePercent: z.number(),
        maxUnavailableNodes: z.number(),
        allowControlPlane: z.boolean(),
        allowSmallClusters: z.boolean(),
      }),
    }),
  ),
  warnings: z.array(z.string()).exactOptional(),
});

/** Undefined for anything else. */
export function parseEngineRecord(value: unknown): EngineRecord | undefined {
  return engineRecord.safeParse(value).data;
}
