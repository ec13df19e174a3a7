/** Who this process is, to Temporal and in the Lease. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Of one process alone: in containers, host name and process id are those of the process before it as well. */
export function processIdentity(cluster: string): string {
  return `slipway/${cluster}/${hostname()}-${process.pid}-${randomUUID()}`;
}
