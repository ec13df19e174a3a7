/** The drivers that are configured; a ladder that names another one is refused when it is tried. */
import type { Driver } from '../drivers/port.ts';
import { createRedfishDriver } from '../drivers/redfish/driver.ts';
import type { EngineOptions } from './options.ts';

export function createDrivers({ bmcInventory, log }: EngineOptions): readonly Driver[] {
  const onWarning = (warning: string): void => log.warn('a driver warns', { warning });
  const redfish =
    bmcInventory && createRedfishDriver({ inventoryFile: bmcInventory, clock, onWarning });
  return redfish ? [redfish] : [];
}

function clock(): number {
  return Date.now();
}
