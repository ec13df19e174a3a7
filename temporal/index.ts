/** Temporal as the rest of Slipway speaks to it: start, signal, ask and list repairs. */
export { connectTemporal, overWorkerConnection } from './connection.ts';
export type { Temporal } from './connection.ts';
export {
  describeRepair,
  listRepairs,
  queryState,
  runningRepairs,
  sayToRepair as say,
  startRepair,
  terminateRepair,
} from './nodeRepair.ts';
export type { Described, ListedRepair } from './nodeRepair.ts';
