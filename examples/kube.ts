/** Follows the nodes of a cluster and prints them once: `node examples/kube.ts KUBECONFIG`. */
import { connectKube, nodeCache } from '../kube/index.ts';

const [kubeconfigPath = ''] = process.argv.slice(2);
const connected = await connectKube({ kubeconfigPath });
if (!connected.ok) throw new Error(connected.problem);

const end = new AbortController();
const nodes = nodeCache(connected.kube, { signal: end.signal });
await nodes.synced;
for (const { name, ready, unschedulable } of nodes.list())
  process.stdout.write(`${name}: Ready is ${ready}${unschedulable ? ', cordoned' : ''}\n`);
end.abort();
await nodes.done;
await connected.kube.close();
