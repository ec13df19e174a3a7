/** What is seen of workflows from outside: a file each, and what all have in common. */
export { arriveSignal, carriedVersion, stateQuery, taskQueueOf } from './shared.ts';
export type { Contract } from './shared.ts';
export { nodeRepairContract, workflowIdOf } from './nodeRepair.ts';
export type {
  Carried,
  NodeRepairInput,
  NodeRepairResult,
  RepairPlace,
  Said,
} from './nodeRepair.ts';
