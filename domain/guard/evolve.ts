/** How the ledger changes. */
import type { Ledger, Permit } from './types.ts';

export type GuardEvent =
  | { readonly kind: 'granted'; readonly permit: Permit }
  | { readonly kind: 'released'; readonly repairId: string };

export function evolve(ledger: Ledger, event: GuardEvent): Ledger {
  const repairId = event.kind === 'granted' ? event.permit.repairId : event.repairId;
  const others = ledger.permits.filter((permit) => permit.repairId !== repairId);
  return { ...ledger, permits: event.kind === 'granted' ? [...others, event.permit] : others };
}
