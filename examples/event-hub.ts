/** Reports a fault to the hub, twice, and reads it back: `node examples/event-hub.ts NATS_URL`. */
import {
  connectHub,
  ensureStreams,
  eventId,
  newestReportsOf,
  publishFault,
} from '../event-hub/index.ts';

const [url = 'nats://127.0.0.1:4222'] = process.argv.slice(2);
const hub = await connectHub({ url, name: 'example' });
if (hub.kind === 'unreachable') throw new Error(hub.why);

try {
  const streams = await ensureStreams(hub);
  if (streams.kind !== 'ready') throw new Error(streams.why);
  const said = {
    cluster: 'example',
    node: 'node-1',
    nodeUid: 'uid-1',
    bootId: 'boot-1',
    observer: 'example',
    check: 'KernelDeadlock',
    verdict: 'faulty',
    reason: 'TaskHung',
    message: 'a task is blocked',
    observedAt: Date.now(),
    counter: 1,
  } as const;
  const event = { id: eventId(said), ...said };
  const first = await publishFault(hub, event);
  const again = await publishFault(hub, event);
  if (first.kind !== 'stored' || again.kind !== 'stored') throw new Error('the hub took nothing');
  process.stdout.write(`sent twice, stored once: ${again.sequence === first.sequence}\n`);

  const read = await newestReportsOf(hub, said.cluster, said.node);
  if (read.kind !== 'read') throw new Error(read.why);
  for (const { event: newest } of read.reports)
    process.stdout.write(`${newest.node}: ${newest.check} is ${newest.verdict}\n`);
} finally {
  await hub.close();
}
