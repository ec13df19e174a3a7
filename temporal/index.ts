/** Temporal as the rest of Slipway speaks to it: start, signal, ask and list repairs. */
export { connectTemporal, overWorkerConnection } from './connection.ts';
export type { Temporal } from './connection.ts';
export {
  describeRepair,
  listRepairs,
  queryState,
  runningRepairs,
  say,
  startRepair,
  terminateRepair,
} from './repairs.ts';
export type { Described, ListedRepair } from './repairs.ts';
