/** The Redfish documents of DMTF's DSP0266 and DSP0268 that a client of ComputerSystem.Reset reads. */
import { resetTypes, type SimulatedSystem } from '../../schemas/local/hardware.ts';

export const root = '/redfish/v1';
export const systemsPath = `${root}/Systems`;
export const sessionsPath = `${root}/SessionService/Sessions`;

export type PowerState = 'On' | 'Off' | 'PoweringOn';

export const serviceRoot = {
  '@odata.id': `${root}/`,
  '@odata.type': '#ServiceRoot.v1_16_0.ServiceRoot',
  Id: 'RootService',
  Name: 'Simulated BMC',
  RedfishVersion: '1.20.0',
  Systems: { '@odata.id': systemsPath },
  SessionService: { '@odata.id': `${root}/SessionService` },
  Links: { Sessions: { '@odata.id': sessionsPath } },
};

export const sessionService = {
  '@odata.id': `${root}/SessionService`,
  '@odata.type': '#SessionService.v1_1_9.SessionService',
  Id: 'SessionService',
  Name: 'Session Service',
  ServiceEnabled: true,
  Sessions: { '@odata.id': sessionsPath },
};

export function systemCollection(systems: readonly SimulatedSystem[]): object {
  return {
    '@odata.id': systemsPath,
    '@odata.type': '#ComputerSystemCollection.ComputerSystemCollection',
    Name: 'Computer System Collection',
    'Members@odata.count': systems.length,
    Members: systems.map((system) => ({ '@odata.id': `${systemsPath}/${system.id}` })),
  };
}

export function systemDocument(system: SimulatedSystem, power: PowerState): object {
  const id = `${systemsPath}/${system.id}`;
  return {
    '@odata.id': id,
    '@odata.type': '#ComputerSystem.v1_22_0.ComputerSystem',
    Id: system.id,
    Name: system.node,
    HostName: system.node,
    SystemType: 'Physical',
    UUID: system.uuid,
    PowerState: power,
    Status: { State: power === 'Off' ? 'Disabled' : 'Enabled', Health: 'OK' },
    Actions: {
      '#ComputerSystem.Reset': {
        target: `${id}/Actions/ComputerSystem.Reset`,
        'ResetType@Redfish.AllowableValues': resetTypes,
      },
    },
  };
}

export function errorDocument(message: string): object {
  return {
    error: {
      code: 'Base.1.18.GeneralError',
      message,
      '@Message.ExtendedInfo': [{ MessageId: 'Base.1.18.GeneralError', Message: message }],
    },
  };
}
