import { describe, expect, test } from 'vitest';
import { chooseReset } from '../../../../drivers/redfish/resetType.ts';
import type { MachineState } from '../../../../drivers/redfish/resetType.ts';

const all = ['On', 'ForceOff', 'GracefulRestart', 'ForceRestart', 'PowerCycle'];
function machine(changes: Partial<MachineState> = {}): MachineState {
  return {
    power: 'On',
    resetTypes: all,
    ...changes,
  };
}

describe('a machine that is on', () => {
  test('is sent what the policy asks for, as its BMC spells it', () => {
    expect(chooseReset('PowerCycle', machine())).toEqual({ kind: 'send', type: 'PowerCycle' });
    expect(chooseReset('PowerCycle', machine({ resetTypes: ['powercycle'] }))).toEqual({
      kind: 'send',
      type: 'powercycle',
    });
  });

  test('is sent it also where the BMC lists nothing', () => {
    const choice = chooseReset('PowerCycle', machine({ resetTypes: undefined }));
    expect(choice).toEqual({ kind: 'send', type: 'PowerCycle' });
  });

  test('is sent nothing in the place of what is not offered', () => {
    expect(
      chooseReset('GracefulRestart', machine({ resetTypes: ['ForceRestart', 'Nmi'] })),
    ).toEqual({
      kind: 'refuse',
      why: 'the BMC does not offer GracefulRestart; only ForceRestart, Nmi',
    });
    expect(chooseReset('ForceRestart', machine({ resetTypes: [] }))).toEqual({
      kind: 'refuse',
      why: 'the BMC does not offer ForceRestart; and no other reset',
    });
  });

  test('cannot be switched on', () => {
    expect(chooseReset('On', machine())).toMatchObject({ kind: 'refuse' });
  });
});

describe('a machine that is off', () => {
  const off = (resetTypes: readonly string[] | undefined): MachineState => ({
    power: 'off',
    resetTypes,
  });

  test.each(['GracefulRestart', 'ForceRestart', 'PowerCycle'])(
    'is switched on for %s',
    (action) => {
      expect(chooseReset(action, off(all))).toEqual({
        kind: 'send',
        type: 'On',
        instead: `the machine was off, so On was sent for ${action}`,
      });
    },
  );

  test('is switched on as asked', () => {
    expect(chooseReset('On', off(all))).toEqual({ kind: 'send', type: 'On' });
    expect(chooseReset('On', off(undefined))).toEqual({ kind: 'send', type: 'On' });
  });

  test('is forced on where nothing else is offered', () => {
    expect(chooseReset('On', off(['ForceOn', 'ForceRestart']))).toEqual({
      kind: 'send',
      type: 'ForceOn',
      instead: 'the machine was off, so ForceOn was sent for On',
    });
  });

  test('stays off where no way on is offered', () => {
    expect(chooseReset('ForceRestart', off(['ForceRestart']))).toEqual({
      kind: 'refuse',
      why: 'the BMC does not offer On, and the machine is off; only ForceRestart',
    });
    expect(chooseReset('ForceRestart', off([]))).toMatchObject({ kind: 'refuse' });
  });
});

test.each(['PoweringOn', 'PoweringOff'])('a machine that is %s has to settle first', (power) => {
  expect(chooseReset('ForceRestart', machine({ power }))).toEqual({
    kind: 'later',
    why: `the BMC says that the machine is ${power}`,
  });
});

test.each([undefined, 'Paused', 'odd'])('a power of %s tells nothing', (power) => {
  expect(chooseReset('ForceRestart', machine({ power }))).toMatchObject({ kind: 'send' });
  expect(chooseReset('On', machine({ power }))).toMatchObject({ kind: 'send', type: 'On' });
});
