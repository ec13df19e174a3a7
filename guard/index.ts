/** Permits before acts. */
export { createGuard, ledgerKey } from './ledger.ts';
export type { Guard } from './ledger.ts';
export { sweep } from './sweeper.ts';
export type { Closed } from './sweeper.ts';
