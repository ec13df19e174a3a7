/** Policies that leave no time between steps, so that a test need not wait. */

function policy(name: string, check: string, ladder: readonly string[], guard: string): string {
  return `apiVersion: slipway.dev/v1
kind: RepairPolicy
metadata: { name: ${name} }
spec:
  checks: [${check}]
  holdDown: 0s
  soak: 1s
  guard: ${guard}
  migration: { timeout: 60s }
  ladder:
${ladder.map((rung) => `    - { ${rung} }\n`).join('')}`;
}

function reset(name: string, action: string, more: string): string {
  return `name: ${name}, driver: redfish, action: ${action}, verification: { timeout: 60s, soak: 1s }, ${more}`;
}

const roomForAll = '{ maxUnavailablePercent: 100, maxUnavailableNodes: 100 }';
const roomForOne = '{ maxUnavailablePercent: 100, maxUnavailableNodes: 1 }';

/** A reboot heals; a second one makes up for an attempt that was never made. */
export const healable = 'KernelDeadlock';
/** One reboot, then a person. */
export const stubborn = 'ReadonlyFilesystem';
/** A reboot heals, and there is time for it even when every server is slow. */
export const patient = 'XfsShutdown';

const reboots = [
  reset('reboot', 'GracefulRestart', 'attempts: 2, callTimeout: 3s, bootWindow: 4s'),
  reset('power-cycle', 'PowerCycle', 'callTimeout: 3s, bootWindow: 4s'),
];
const oneReboot = [reset('reboot', 'GracefulRestart', 'callTimeout: 3s, bootWindow: 2s')];
const patientReboots = [
  reset('reboot', 'GracefulRestart', 'attempts: 2, callTimeout: 20s, bootWindow: 60s'),
];

export const roomyPolicies = [
  policy('reboots', healable, reboots, roomForAll),
  policy('one-reboot', stubborn, oneReboot, roomForAll),
  policy('patient', patient, patientReboots, roomForAll),
].join('---\n');

/** Only one node may be out at a time. */
export const narrowPolicies = policy('reboots', healable, reboots, roomForOne);

/** Four nodes may be out at a time, and their machines have time to boot. */
const roomForFour = '{ maxUnavailablePercent: 100, maxUnavailableNodes: 4 }';
export const upgradePolicies = [
  policy('patient', patient, patientReboots, roomForFour),
  policy('in-line', healable, patientReboots, roomForFour),
].join('---\n');
