/** What each driver can be asked to do, and what proves that it took effect: data alone, by which policies are read. */
import type { Proof } from '../domain/repair/policy.ts';

/** By driver, its actions with their proofs. Redfish's actions are its ResetTypes. */
export const catalogue = {
  redfish: { GracefulRestart: 'boot', ForceRestart: 'boot', PowerCycle: 'boot', On: 'boot' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Proof>>>>;

export type DriverName = keyof typeof catalogue;

export const driverNames = ['redfish'] as const satisfies readonly DriverName[];

export function actionsOf(driver: DriverName): readonly string[] {
  return Object.keys(catalogue[driver]);
}

/** Undefined for an action that the driver does not have. */
export function proofOf(driver: DriverName, action: string): Proof | undefined {
  const proofs: Readonly<Record<string, Proof>> = catalogue[driver];
  return proofs[action];
}
