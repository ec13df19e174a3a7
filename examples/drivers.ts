/**
 * Looks whether a machine could be reset through its BMC, and resets nothing:
 * `node examples/drivers.ts INVENTORY NODE SYSTEM_UUID`.
 */
import type { NodeFacts } from '../domain/node.ts';
import { policyDefaults } from '../domain/repair/policy.ts';
import { createRedfishDriver } from '../drivers/redfish/driver.ts';

const [inventoryFile = '', name = '', systemUuid = ''] = process.argv.slice(2);
const driver = createRedfishDriver({
  inventoryFile,
  clock: Date.now,
  onWarning: (warning) => process.stderr.write(`${warning}\n`),
});

const flags = { unschedulable: false, controlPlane: false, deleting: false };
const ids = { uid: 'uid-1', resourceVersion: '1', bootId: 'boot-1', systemUuid };
const node: NodeFacts = {
  name,
  ...ids,
  ...flags,
  ready: 'False',
  conditions: [],
  marks: {},
  taints: [],
};
const said = { cluster: 'example', node: name, nodeUid: ids.uid, bootId: ids.bootId };
const fault = {
  ...said,
  id: 'e-1',
  observer: 'example',
  check: 'Ready',
  verdict: 'faulty',
  reason: '',
  message: '',
  observedAt: Date.now(),
  counter: 1,
} as const;
const action = { driver: 'redfish', action: 'GracefulRestart' } as const;
const fitness = await driver.preflight(
  {
    repairId: 'r-1',
    cluster: said.cluster,
    attempt: 1,
    rung: { name: 'reboot', ...policyDefaults.rung, ...action },
    node,
    sharers: [],
    fault,
    deadlineAt: Date.now() + 10_000,
  },
  { signal: AbortSignal.timeout(10_000), asIs: false },
);
const why = fitness.result === 'ready' ? '' : `: ${fitness.detail}`;
process.stdout.write(`${action.action} of ${name}: ${fitness.result}${why}\n`);
