/** The client of what tests and demo may do to simulated machines. */
import type { Behaviour, SimulatedSystem } from '../../schemas/local/hardware.ts';
import { httpClient } from '../http.ts';
import { writeInventory, type HardwareFiles } from './inventory.ts';

/** What a test or a demo may do to the simulated machines, outside of Redfish and of its call log. */
export type HardwareControl = {
  /** Adds machines and lists them in the inventory file. */
  add(systems: readonly SimulatedSystem[]): Promise<void>;
  /** Replaces the behaviour of one node's machine, or of all with `*`; it is kept across restarts. */
  behave(node: string, behaviour: Behaviour): Promise<void>;
  /** Reboots a machine as its owner would by hand: no BMC call. */
  reboot(node: string): Promise<void>;
  /** Switches a machine off by hand: its kubelet goes silent, and stays so until the machine is switched on. */
  powerOff(node: string): Promise<void>;
};

/** Sets up the control of the BMC simulator at `url`. */
export function hardwareControl(url: string, files: HardwareFiles): HardwareControl {
  const client = httpClient(url);
  const send = async (method: string, path: string, body: unknown): Promise<void> => {
    const answer = await client.ask(path, { method, body: JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`BMC simulator: ${answer.status} ${answer.body}`);
  };
  return {
    add: async (systems) => {
      await send('POST', '/control/systems', systems);
      writeInventory(files, url);
    },
    behave: (node, behaviour) => send('PUT', `/control/systems/${node}/behaviour`, behaviour),
    reboot: (node) => send('POST', `/control/systems/${node}/reboot`, {}),
    powerOff: (node) => send('POST', `/control/systems/${node}/off`, {}),
  };
}
