/** One simulated machine. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ResetType, SimulatedSystem } from '../../schemas/local/hardware.ts';
import type { KubeApi } from '../cluster/api.ts';
import type { PowerState } from './redfish.ts';

/** A boot after a reset takes this long unless the machine's behaviour says otherwise. */
const defaultBootMs: readonly [number, number] = [3_000, 6_000];
/** Power comes within a moment; the rest of a boot is the system's. */
const powerOnMs = 500;
const retryMs = 200;
const notFound = 404;

const annotations = {
  bootsAt: 'machine.slipway.dev/boots-at',
  keepsProblems: 'machine.slipway.dev/keeps-problems',
};

type Effect =
  | { readonly kind: 'none' }
  /** Goes down, and comes back at this time, or never. */
  | { readonly kind: 'down'; readonly bootsAt: Date | undefined };

/** One simulated machine: what its power is, and what a reset does to its Node. */
export class SimulatedMachine {
  system: SimulatedSystem;
  readonly #api: () => Promise<KubeApi>;
  #isOff = false;
  #poweredAt = 0;
  #latest = 0;

  constructor(system: SimulatedSystem, api: () => Promise<KubeApi>) {
    this.system = system;
    this.#api = api;
  }

  get power(): PowerState {
    if (this.#isOff) return 'Off';
    return this.#poweredAt > Date.now() ? 'PoweringOn' : 'On';
  }

  /** Carries out a reset; the Node follows as soon as the API server can be reached. */
  reset(type: ResetType): void {
    const effect = effectOf(type, this.system, this.power);
    if (effect.kind === 'none') return;
    this.#isOff = type === 'ForceOff' || type === 'GracefulShutdown';
    this.#poweredAt = Math.min(effect.bootsAt?.getTime() ?? 0, Date.now() + powerOnMs);
    this.#latest += 1;
    void this.#takeDown(effect.bootsAt, this.#latest);
  }

  async #takeDown(bootsAt: Date | undefined, mine: number): Promise<void> {
    const patch = downPatch(bootsAt, this.system.behaviour?.keepsProblems === true);
    while (mine === this.#latest) {
      const status = await this.#api()
        .then((api) => api.patch(`/api/v1/nodes/${this.system.node}/status`, patch))
        .then(
          (answer) => answer.status,
          () => 0,
        );
      if (status === notFound || (status >= 200 && status < 300)) return;
      await delay(retryMs);
    }
  }
}

function effectOf(type: ResetType, system: SimulatedSystem, power: PowerState): Effect {
  const { ignores = [], neverBootsAfter = [] } = system.behaviour ?? {};
  if (ignores.includes(type)) return { kind: 'none' };
  if (type === 'On' && power !== 'Off') return { kind: 'none' };
  const staysDown =
    type === 'ForceOff' || type === 'GracefulShutdown' || neverBootsAfter.includes(type);
  return { kind: 'down', bootsAt: staysDown ? undefined : bootTime(system) };
}

function bootTime(system: SimulatedSystem): Date {
  const [low, high] = system.behaviour?.bootMs ?? defaultBootMs;
  return new Date(Date.now() + low + Math.random() * (high - low));
}

function downPatch(bootsAt: Date | undefined, keepsProblems: boolean) {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    metadata: {
      annotations: {
        [annotations.bootsAt]: bootsAt?.toISOString() ?? null,
        [annotations.keepsProblems]: keepsProblems ? 'true' : null,
      },
    },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'Unknown',
          reason: 'NodeStatusUnknown',
          message: 'Kubelet stopped posting node status.',
          lastTransitionTime: now,
        },
      ],
    },
  };
}
