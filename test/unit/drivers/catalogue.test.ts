/** The catalogue against what is read by it; that each driver acts by it is for the contract suite. */
import { expect, test } from 'vitest';
import { proofs } from '../../../domain/repair/policy.ts';
import { actionsOf, catalogue, driverNames, proofOf } from '../../../drivers/catalogue.ts';
import { parseRepairPolicies } from '../../../schemas/config/repairPolicy.ts';

const rungs = driverNames.flatMap((driver) =>
  actionsOf(driver).map((action) => [driver, action] as const),
);

function ladderOf(driver: string, action: string) {
  const text = `apiVersion: slipway.dev/v1
kind: RepairPolicy
metadata: { name: one }
spec:
  checks: [KernelDeadlock]
  ladder: [{ name: step, driver: ${driver}, action: ${action} }]
`;
  const read = parseRepairPolicies([{ path: 'p.yaml', text }]);
  return read.ok ? read.value[0]?.ladder : read.why;
}

test('every driver is named, with at least one action', () => {
  expect([...driverNames].toSorted()).toEqual(Object.keys(catalogue).toSorted());
  for (const driver of driverNames) expect(actionsOf(driver)).not.toEqual([]);
});

test.each(rungs)('a policy may ask %s for %s, and its rung carries the proof', (driver, action) => {
  const proof = proofOf(driver, action);
  expect(proofs).toContain(proof);
  expect(ladderOf(driver, action)).toMatchObject([{ driver, action, proof }]);
});

test('what a driver does not have is no rung', () => {
  expect(proofOf('redfish', 'Nmi')).toBeUndefined();
  expect(ladderOf('redfish', 'Nmi')).toContain('ladder[0].action');
});
