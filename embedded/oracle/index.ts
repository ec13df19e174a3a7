/** What really happened, as the API server and the BMCs recorded it; shares no code with the engine. */
export { readWrites, type ApiWrite } from './auditLog.ts';
export { readBmcCalls, resets } from './bmcLog.ts';
export { isolations, returns, turns, type CordonTurn } from './cordons.ts';
export { conditionChanges, evictions, mutationsBy } from './writes.ts';
export { nodeVersions, podsTouchedBy, type NodeVersion } from './nodes.ts';
