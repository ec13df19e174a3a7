/** What the worker bundles. */
export { nodeRepair } from './nodeRepair/nodeRepair.ts';
