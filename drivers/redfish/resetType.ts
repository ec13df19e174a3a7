/** Which reset a machine is sent, by its power and by what its BMC offers. Nothing is put in the place of what a policy asks for but by the rules here. */

export type MachineState = {
  /** Redfish's PowerState as the BMC words it; undefined where it does not say. */
  readonly power: string | undefined;
  /** Undefined where the BMC does not list them; an empty list offers nothing. */
  readonly resetTypes: readonly string[] | undefined;
};

export type ResetChoice =
  /** `instead` says in words why the policy's own action was replaced. */
  | { readonly kind: 'send'; readonly type: string; readonly instead?: string }
  | { readonly kind: 'refuse'; readonly why: string }
  /** The power is changing: what is right can be told only afterwards. */
  | { readonly kind: 'later'; readonly why: string };

const switchOn = 'On';
/** Asked in this order; both mean that a machine which is off starts. */
const waysOn = [switchOn, 'ForceOn'] as const;

/** A machine that is off needs no restart: it is switched on. A machine that is on cannot be. */
export function chooseReset(action: string, machine: MachineState): ResetChoice {
  const power = machine.power?.toLowerCase();
  if (power === 'poweringon' || power === 'poweringoff')
    return { kind: 'later', why: `the BMC says that the machine is ${machine.power}` };
  if (power === 'off') return fromOff(action, machine);
  if (power === 'on' && action === switchOn)
    return { kind: 'refuse', why: 'the machine is on, so it cannot be switched on' };
  const type = offered(action, machine);
  return type === undefined ? notOffered(action, machine) : { kind: 'send', type };
}

function fromOff(action: string, machine: MachineState): ResetChoice {
  const type = waysOn.map((way) => offered(way, machine)).find((way) => way !== undefined);
  if (type === undefined) return notOffered(`${switchOn}, and the machine is off`, machine);
  if (type === action) return { kind: 'send', type };
  return { kind: 'send', type, instead: `the machine was off, so ${type} was sent for ${action}` };
}

/** As the BMC spells it. */
function offered(action: string, { resetTypes }: MachineState): string | undefined {
  if (!resetTypes) return action;
  return resetTypes.find((type) => type.toLowerCase() === action.toLowerCase());
}

function notOffered(what: string, { resetTypes = [] }: MachineState): ResetChoice {
  const others = resetTypes.length > 0 ? `only ${resetTypes.join(', ')}` : 'and no other reset';
  return { kind: 'refuse', why: `the BMC does not offer ${what}; ${others}` };
}
