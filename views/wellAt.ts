/** When a handed-over node is Slipway's again, as screens tell it. */
import { clearsAt } from '../domain/dispatch/evolve.ts';
import type { EpisodeRecord } from '../domain/dispatch/types.ts';
import type { EpochMs } from '../domain/vocabulary/time.ts';
import type { EngineRecord } from '../schemas/wire/engineRecord.ts';

/** A handed-over node is Slipway's again once it has been well for the soak time of its policy. */
export function wellAt(
  record: EpisodeRecord,
  engine: EngineRecord | undefined,
): EpochMs | undefined {
  const policy = engine?.policies.find(({ name }) => name === record.episode?.policy);
  return policy && clearsAt(record, policy.soakMs);
}
