/** Says how the newest repair of a node stands: `node examples/temporal.ts ADDRESS NAMESPACE CLUSTER_ID NODE`. */
import { connectTemporal, describeRepair } from '../temporal/index.ts';

const [address = '127.0.0.1:7233', namespace = 'default', cluster = '', node = ''] =
  process.argv.slice(2);
const temporal = await connectTemporal({ address, namespace });
if ('kind' in temporal) throw new Error(temporal.why);

try {
  const repair = await describeRepair(temporal, { cluster, node });
  if (repair.kind === 'failed') throw new Error(repair.why);
  const stands = repair.kind === 'absent' ? 'no repair' : `${repair.repairId} is ${repair.status}`;
  process.stdout.write(`${node}: ${stands}\n`);
} finally {
  await temporal.close();
}
