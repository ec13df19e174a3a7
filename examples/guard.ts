/** Asks for leave to take out two of three nodes: `node examples/guard.ts NATS_URL`. */
import { buckets } from '../domain/vocabulary/hub.ts';
import type { NodeFacts } from '../domain/node.ts';
import { policyDefaults } from '../domain/repair/policy.ts';
import { connectHub, ensureStreams, openBucket } from '../event-hub/index.ts';
import { createGuard } from '../guard/index.ts';
import { parseGuardRecord } from '../schemas/wire/guardRecord.ts';

const [url = 'nats://127.0.0.1:4222'] = process.argv.slice(2);
const hub = await connectHub({ url, name: 'example' });
if (hub.kind === 'unreachable') throw new Error(hub.why);

function healthyNode(name: string): NodeFacts {
  const flags = { unschedulable: false, controlPlane: false, deleting: false };
  const ids = { uid: `uid-${name}`, resourceVersion: '1', bootId: 'boot', systemUuid: '' };
  return { name, ...ids, ...flags, ready: 'True', conditions: [], marks: {}, taints: [] };
}

try {
  const streams = await ensureStreams(hub);
  if (streams.kind !== 'ready') throw new Error(streams.why);
  const cluster = 'guard-example';
  const bucket = await openBucket(hub, { name: buckets.guard, cluster, parse: parseGuardRecord });
  const names = ['node-1', 'node-2', 'node-3'];
  const nodes = async (): Promise<readonly NodeFacts[]> => names.map(healthyNode);
  const guard = createGuard({ bucket, nodes, clock: Date.now });

  for (const node of ['node-1', 'node-2']) {
    const applicant = { repairId: `r-${node}`, node, nodeUid: `uid-${node}` };
    const answer = await guard.request({ ...applicant, limits: policyDefaults.guard });
    const why = answer.kind === 'refused' ? ` (${answer.reason})` : '';
    process.stdout.write(`${node}: ${answer.kind}${why}, ${answer.out} of ${answer.limit} out\n`);
  }
  await guard.release('r-node-1');
  await guard.release('r-node-2');
} finally {
  await hub.close();
}
