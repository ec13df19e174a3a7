/** The fakes that unit tests of activities stand on keep to what the real neighbours do. */
import { nodeFacts } from '../../support/nodes.ts';
import { fakeHub } from '../../support/fakes/hub.ts';
import { fakeKube } from '../../support/fakes/kube.ts';
import { pod } from '../../support/fakes/ports.ts';
import { at } from '../../support/given.ts';
import { describeHubPort } from './hub.suite.ts';
import { describeKubePort } from './kube.suite.ts';

describeKubePort('in memory', async () => {
  const kube = fakeKube();
  let made = 0;
  return {
    port: kube.port,
    newNode: async () => {
      made += 1;
      const node = nodeFacts({ name: `n-${made}`, uid: `u-${made}` });
      kube.place(node);
      return node;
    },
    removeNode: async (name) => kube.removeNode(name),
    newPod: async (node) => {
      made += 1;
      const bound = pod(`p-${made}`, { node });
      kube.bind(bound);
      return bound;
    },
    removePod: async (gone) => kube.removePod(gone),
    replacePod: async (gone) => {
      made += 1;
      const next = { ...gone, uid: `uid-${made}` };
      kube.bind(next);
      return next;
    },
    annotate: async (name, key, value) => {
      const node = kube.node(name)!;
      kube.place({ ...node, resourceVersion: 'next', marks: { ...node.marks, [key]: value } });
    },
    pause: async (isPaused) => kube.pause(isPaused),
    remove: async () => undefined,
  };
});

describeHubPort('in memory', async () => {
  const hub = fakeHub();
  let sequence = 0;
  return {
    port: hub.port,
    cluster: 'memory',
    report: async (event) => {
      sequence += 1;
      hub.report({ event, sequence, storedAt: at(0) });
      return sequence;
    },
    put: hub.put,
    record: async (node) => hub.records.get(node),
    journal: async (node) => hub.journal.filter((entry) => entry.node === node),
    cut: async () => hub.cut(),
    remove: async () => undefined,
  };
});
