/** Permits before acts. */
export { createGuard, ledgerKey } from './ledger.ts';
export type { Guard } from './ledger.ts';
