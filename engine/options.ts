/** What the engine is told. */
import type { RepairPolicy } from '../domain/repair/policy.ts';
import type { Mode } from '../domain/vocabulary/repair.ts';
import type { TicketOptions } from '../notices/index.ts';
import type { EngineLimits } from '../schemas/config/engineConfig.ts';
import type { Logger } from '../telemetry/logger.ts';

export type EngineOptions = {
  readonly mode: Mode;
  readonly nats: { readonly url: string; readonly credentialsFile?: string };
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly kubeconfigs: { readonly observer: string; readonly actor: string };
  readonly policies: readonly RepairPolicy[];
  /** The BMC inventory file; without it no ladder can reset a machine. */
  readonly bmcInventory?: string;
  /** Where the ticket of each hand-over goes; without it the command line alone tells of them. */
  readonly ticket?: TicketOptions;
  /** Where Prometheus may read, as host:port. */
  readonly metrics?: { readonly listen: string };
  readonly leaseSeconds: number;
  readonly limits: EngineLimits;
  readonly log: Logger;
};

/** The engine cannot start; the message is one sentence for a person. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
}
