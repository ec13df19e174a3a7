/** The ledger of permits, as the rest of Slipway uses it. */
export { createGuard, ledgerKey } from './ledger.ts';
export type { Guard } from './ledger.ts';
