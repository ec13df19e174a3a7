/** The hub as the rest of Slipway sees it. */
export { openBucket } from './bucket.ts';
export type { Bucket } from './bucket.ts';
export { connectHub } from './connection.ts';
export type { Hub, HubFailure, HubOptions } from './connection.ts';
export { consumeFaults } from './consume.ts';
export { readDead, readLetter, reportOf } from './dead.ts';
export type { DeadLetter, StoredDeadLetter } from './dead.ts';
export { eventId, repairId } from './ids.ts';
export { followJournal } from './followJournal.ts';
export type { FollowOptions, UnreadableLine } from './followJournal.ts';
export { inspectHub } from './inspect.ts';
export type { HubFacts } from './inspect.ts';
export { consumerLag, streamSummary } from './lag.ts';
export { publishFault, publishJournal } from './publish.ts';
export { newestReports, newestReportsOf, readFaults, readJournal, reportsBeyond } from './read.ts';
export { ensureStreams } from './streams.ts';
export { deadSubject } from './subjects.ts';
