/** The ports of activities as the engine wires them to a real API server and a real hub. */
import { openRecords } from '../../../dispatch/index.ts';
import type { PodFacts } from '../../../domain/node.ts';
import { buckets } from '../../../domain/vocabulary/hub.ts';
import { createPorts } from '../../../engine/ports.ts';
import { openBucket, publishFault, readJournal } from '../../../event-hub/index.ts';
import { createGuard } from '../../../guard/index.ts';
import { nodeCache, podCache } from '../../../kube/index.ts';
import { parseEpisodeRecord } from '../../../schemas/wire/episodeRecord.ts';
import { parseGuardRecord } from '../../../schemas/wire/guardRecord.ts';
import { asRepairEntry } from '../../../schemas/wire/journalLine.ts';
import { expectKind, startHub } from '../../support/hub.ts';
import type { TestHub } from '../../support/hub.ts';
import { connectAs, kubectl } from '../../support/kube.ts';
import { useStack } from '../../support/stack.ts';
import { describeHubPort } from './hub.suite.ts';
import { describeKubePort } from './kube.suite.ts';

const cluster = 'contract';
const limits = {
  evictionsPerSecond: 50,
  movesAtOnce: 40,
  sweepSeconds: 20,
  failingTaskSeconds: 600,
};
const stack = useStack({ bmc: false });

/** Everything that the ports of one engine stand on; the hub is one that can be killed. */
async function wire() {
  const end = new AbortController();
  const hub = await startHub();
  const [observer, actor] = await Promise.all([
    connectAs(stack(), 'observer'),
    connectAs(stack(), 'actor'),
  ]);
  const [nodes, pods] = [
    nodeCache(observer, { signal: end.signal }),
    podCache(observer, { signal: end.signal }),
  ];
  const episodes = await openBucket(hub.hub, {
    name: buckets.episodes,
    cluster,
    parse: parseEpisodeRecord,
  });
  const ledger = await openBucket(hub.hub, {
    name: buckets.guard,
    cluster,
    parse: parseGuardRecord,
  });
  const records = openRecords(episodes);
  const clock = Date.now;
  const guard = createGuard({ bucket: ledger, nodes: async () => nodes.list(), clock });
  const views = { nodes, pods, records, guard, clock, limits };
  const ports = createPorts({ ...views, observer, actor, hub: hub.hub, cluster, drivers: [] });
  await Promise.all([nodes.synced, pods.synced]);
  const remove = async (): Promise<void> => {
    end.abort();
    await Promise.all([nodes.done, pods.done]);
    await Promise.all([observer.close(), actor.close(), hub.remove()]);
  };
  return { hub, ports, records, episodes, remove };
}

describeKubePort('for real', async () => {
  const { ports, remove } = await wire();
  const { kube: port } = ports;
  let made = 0;
  const create = async (node: string, name: string): Promise<PodFacts> => {
    const container = { name: 'app', image: 'registry.example/app:1' };
    await stack()
      .api()
      .create('/api/v1/namespaces/default/pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { nodeName: node, terminationGracePeriodSeconds: 1, containers: [container] },
      });
    await kubectl(stack(), 'wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Running');
    const listed = await port.listPods(node);
    return listed.ok ? listed.value.find((pod) => pod.name === name)! : ({} as never);
  };
  const removePod = async ({ name }: PodFacts): Promise<void> =>
    void (await kubectl(stack(), 'delete', 'pod', name, '--wait', '--force'));
  return {
    port,
    newNode: async () => {
      made += 1;
      const [node] = await stack().createNodes(1, { from: made - 1 });
      const { name } = node!;
      // The controllers have labelled it by then, so that nobody but the test changes it.
      const labelled = String.raw`--for=jsonpath={.metadata.labels.beta\.kubernetes\.io/os}=linux`;
      await kubectl(stack(), 'wait', `node/${name}`, labelled, '--timeout=10s');
      const read = await port.readNode(name);
      return read.ok ? read.value! : ({} as never);
    },
    removeNode: async (name) => void (await kubectl(stack(), 'delete', 'node', name, '--wait')),
    newPod: async (node) => {
      made += 1;
      return create(node, `pod-${made}`);
    },
    removePod,
    replacePod: async (pod) => {
      await removePod(pod);
      return create(pod.node, pod.name);
    },
    annotate: async (name, key, value) =>
      void (await kubectl(stack(), 'annotate', 'node', name, `${key}=${value}`)),
    pause: async (isPaused) => {
      const note = isPaused ? 'slipway.dev/pause=test' : 'slipway.dev/pause-';
      await kubectl(stack(), 'annotate', 'namespace', 'kube-system', note);
    },
    remove,
  };
});

describeHubPort('for real', async () => {
  const { hub, ports, records, episodes, remove } = await wire();
  return {
    port: ports.hub,
    cluster,
    report: async (event) => expectKind(await publishFault(hub.hub, event), 'stored').sequence,
    put: async (record) => void (await records.change(record.node, () => record)),
    record: async (node) => {
      const found = await episodes.get(node);
      return found.kind === 'found' ? found.value : undefined;
    },
    journal: async (node) => entriesOf(hub, node),
    cut: () => hub.server.kill(),
    remove,
  };
});

async function entriesOf({ hub }: TestHub, node: string) {
  const read = expectKind(await readJournal(hub, { cluster, node }), 'read');
  return read.lines.flatMap(({ line }) => asRepairEntry(line) ?? []);
}
